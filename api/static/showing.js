// What is on the screen: messages in the log, progress, errors. Focus moves only to an error.

import { offerReading } from "./reading.js"
import { Refused, words } from "./visit.js"

const log = document.querySelector("[data-log]")
const status = document.querySelector("[data-status]")
const waiting = document.querySelector("[data-waiting]")
const errors = document.querySelector("[data-errors]")
const box = document.getElementById("question")

export function fragment(html) {
  const template = document.createElement("template")
  template.innerHTML = html
  return template.content
}

// The log is a live region: it reads out the whole message, once. Focus stays where it is.
export function add(html, id) {
  if (id && document.getElementById(`turn-${id}`)) return
  const piece = fragment(html)
  offerReading(piece)
  const first = piece.firstElementChild
  log.append(piece)
  warnOfDanger()
  say("", false)
  if (box.value.trim() === "") first.scrollIntoView({ block: "start" })
}

// Old messages are not news: nothing of them is read out.
export function replaceAll(html) {
  log.setAttribute("aria-live", "off")
  const piece = fragment(html)
  offerReading(piece)
  log.replaceChildren(piece)
  warnOfDanger()
  setTimeout(() => log.setAttribute("aria-live", "polite"), 500)
}

// Whoever reads of danger may have to hide the page at once.
function warnOfDanger() {
  if (log.querySelector("[data-sensitive]")) document.querySelector("[data-leaving]").hidden = false
}

function element(tag, className, text = "") {
  const made = document.createElement(tag)
  made.className = className
  made.textContent = text
  return made
}

export function showWaiting(question) {
  const bubble = element("div", "app-message app-message--you")
  bubble.append(
    element("p", "app-message__author", words.you),
    element("p", "govuk-body", question),
  )
  waiting.replaceChildren(bubble)
  waiting.hidden = false
  say(words.asking, true)
  waiting.scrollIntoView({ block: "nearest" })
}

export function hideWaiting() {
  waiting.hidden = true
  waiting.replaceChildren()
  say("", false)
}

// `unseen`: it stands on the page already, and is only read out.
export function say(text, busy, unseen = false) {
  status.classList.toggle("govuk-visually-hidden", unseen)
  status.classList.toggle("app-status--busy", busy)
  if (status.textContent !== text) status.textContent = text
}

export function showError(text, takeFocus = true) {
  const group = box.closest(".govuk-form-group")
  const message = element("p", "govuk-error-message", text)
  message.id = "question-error"
  box.before(message)
  group.classList.add("govuk-form-group--error")
  box.classList.add("govuk-textarea--error")
  box.setAttribute("aria-describedby", `question-error ${box.getAttribute("aria-describedby")}`)

  const link = element("a", "", text)
  link.href = "#question"
  link.addEventListener("click", (event) => {
    event.preventDefault()
    box.focus()
  })
  const item = element("li", "")
  item.append(link)
  const list = element("ul", "govuk-list govuk-error-summary__list")
  list.append(item)
  const body = element("div", "govuk-error-summary__body")
  body.append(list)
  const alert = element("div", "")
  alert.setAttribute("role", "alert")
  alert.append(element("h2", "govuk-error-summary__title", words.summary), body)
  const summary = element("div", "govuk-error-summary")
  summary.tabIndex = -1
  summary.append(alert)
  errors.replaceChildren(summary)
  if (takeFocus) summary.focus()
}

export function clearError() {
  errors.replaceChildren()
  const message = document.getElementById("question-error")
  if (!message) return
  message.remove()
  box.closest(".govuk-form-group").classList.remove("govuk-form-group--error")
  box.classList.remove("govuk-textarea--error")
  const described = box.getAttribute("aria-describedby") || ""
  box.setAttribute("aria-describedby", described.replace("question-error", "").trim())
}

export async function act(work) {
  clearError()
  try {
    return await work()
  } catch (fault) {
    showError(fault instanceof Refused ? fault.message : words.offline)
    return null
  }
}
