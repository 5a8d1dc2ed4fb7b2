// The conversation with JavaScript, in the page and in the widget's frame. Without this script every
// form here works as a form; with it, progress is shown and nothing that was typed is ever lost.
// The page is known by its cookie. The frame has none: it sends its token in a header.

const chat = document.querySelector("[data-chat]")
const framed = chat.hasAttribute("data-framed")
const words = chat.dataset
const log = chat.querySelector("[data-log]")
const status = chat.querySelector("[data-status]")
const waiting = chat.querySelector("[data-waiting]")
const errors = document.querySelector("[data-errors]")
const composer = document.querySelector("[data-composer]")
const box = composer.elements.namedItem("question")
const tries = 6

// ---- Who we are -------------------------------------------------------------------------------

const STORE = "signpost-conversation"
let token = framed ? stored() : ""

function stored() {
  try {
    return sessionStorage.getItem(STORE) || ""
  } catch {
    return "" // storage is blocked in this frame: the token lives in memory alone
  }
}

function keep(fresh) {
  token = fresh
  try {
    if (fresh) sessionStorage.setItem(STORE, fresh)
    else sessionStorage.removeItem(STORE)
  } catch {
    // see stored()
  }
}

async function send(address, { accept, body, method = "POST" }) {
  const headers = { Accept: accept }
  if (framed && !token && method === "POST") await start()
  if (framed && token) headers.Authorization = `Bearer ${token}`
  const response = await fetch(address, { method, headers, body, redirect: "error" })
  const fresh = response.headers.get("Signpost-Token")
  if (framed && fresh) keep(fresh)
  return response
}

async function start() {
  const response = await fetch("/v1/conversations", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ language: words.language }),
  })
  if (!response.ok) throw await refused(response)
  keep((await response.json()).token)
  showDelete(true)
}

class Refused extends Error {
  constructor(said, status) {
    super(said)
    this.status = status
  }
}

async function refused(response) {
  try {
    return new Refused((await response.json()).detail || words.offline, response.status)
  } catch {
    return new Refused(words.offline, response.status)
  }
}

// ---- Asking -----------------------------------------------------------------------------------

let asking = false
let failed = { question: "", key: "" }

document.addEventListener("submit", (event) => {
  const form = event.target
  if (form.matches("[data-ask]")) {
    event.preventDefault()
    const chosen = event.submitter?.name === "question" ? event.submitter.value : null
    if (!asking) ask(form, chosen ?? box.value, chosen === null)
  } else if (form.matches("[data-rate]")) {
    event.preventDefault()
    rate(form, event.submitter)
  } else if (form.matches("[data-person]")) {
    event.preventDefault()
    askForPerson(form)
  } else if (framed && form.matches("[data-delete]")) {
    event.preventDefault()
    erase(form)
  }
})

async function ask(form, question, typed) {
  clearError()
  if (!question.trim()) return showError(words.empty)
  asking = true
  const key = failed.question === question ? failed.key : newKey()
  if (typed) setBox("")
  showWaiting(question)
  try {
    const turn = await answered(form, question, key)
    failed = { question: "", key: "" }
    hideWaiting()
    add(turn.html, turn.id)
  } catch (fault) {
    failed = { question, key }
    hideWaiting()
    const typing = box.value.trim() !== ""
    if (typed) setBox(typing ? `${question}\n${box.value}` : question)
    showError(fault instanceof Refused ? fault.message : words.offline, !typing)
  } finally {
    asking = false
  }
}

// Ask until the turn arrives: the key makes a repeat safe, so a lost connection loses nothing.
async function answered(form, question, key) {
  const body = new URLSearchParams(new FormData(form))
  body.set("question", question)
  body.set("key", key)
  for (let attempt = 1; ; attempt += 1) {
    try {
      const response = await send("/conversation/turns", { accept: "text/event-stream", body })
      if (!response.ok) throw await refused(response)
      const turn = await lastEvent(response)
      if (turn) return turn
    } catch (fault) {
      const final = fault instanceof Refused && fault.status !== 409
      if (framed && fault.status === 401) keep("")
      if (final || attempt >= tries) throw fault
    }
    if (attempt >= tries) throw new Refused(words.offline, 0)
    say(words.again, true)
    await new Promise((done) => setTimeout(done, 400 * attempt))
  }
}

async function lastEvent(response) {
  let text = ""
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  for (;;) {
    const { value, done } = await reader.read()
    if (done) return null
    text += value
    const events = text.split("\n\n")
    text = events.pop()
    for (const event of events) {
      const [, kind] = /^event: (.*)$/m.exec(event) || []
      const [, data] = /^data: (.*)$/m.exec(event) || []
      if (kind === "stage") say(data, true)
      if (kind === "turn") return JSON.parse(data)
      if (kind === "problem") throw new Refused(JSON.parse(data).detail, 500)
    }
  }
}

function newKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("")
}

// ---- Showing ----------------------------------------------------------------------------------

function fragment(html) {
  const template = document.createElement("template")
  template.innerHTML = html
  return template.content
}

// The log is a live region: it reads out the whole message, once. Focus stays where it is.
function add(html, id) {
  if (id && document.getElementById(`turn-${id}`)) return
  const piece = fragment(html)
  const first = piece.firstElementChild
  log.append(piece)
  say("", false)
  if (box.value.trim() === "") first.scrollIntoView({ block: "start" })
}

function element(tag, className, text = "") {
  const made = document.createElement(tag)
  made.className = className
  made.textContent = text
  return made
}

function showWaiting(question) {
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

function hideWaiting() {
  waiting.hidden = true
  waiting.replaceChildren()
  say("", false)
}

function say(text, busy) {
  status.classList.toggle("app-status--busy", busy)
  if (status.textContent !== text) status.textContent = text
}

function setBox(text) {
  box.value = text
  box.dispatchEvent(new Event("input", { bubbles: true }))
  box.dispatchEvent(new Event("keyup", { bubbles: true }))
}

function showError(text, takeFocus = true) {
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

function clearError() {
  errors.replaceChildren()
  const message = document.getElementById("question-error")
  if (!message) return
  message.remove()
  box.closest(".govuk-form-group").classList.remove("govuk-form-group--error")
  box.classList.remove("govuk-textarea--error")
  const described = box.getAttribute("aria-describedby") || ""
  box.setAttribute("aria-describedby", described.replace("question-error", "").trim())
}

// ---- Everything else --------------------------------------------------------------------------

async function act(work) {
  clearError()
  try {
    return await work()
  } catch (fault) {
    showError(fault instanceof Refused ? fault.message : words.offline)
    return null
  }
}

async function post(form, address, extra = {}) {
  const body = new URLSearchParams(new FormData(form))
  for (const [name, value] of Object.entries(extra)) body.set(name, value)
  const response = await send(address, { accept: "application/json", body })
  if (!response.ok) throw await refused(response)
  return response.json()
}

function rate(form, button) {
  return act(async () => {
    const { text } = await post(form, form.getAttribute("action"), { useful: button.value })
    const thanks = element("p", "govuk-body-s app-rating__thanks", text)
    thanks.tabIndex = -1
    form.replaceWith(thanks)
    thanks.focus() // the pressed button is gone; this also reads the thanks out
  })
}

function askForPerson(form) {
  return act(async () => {
    const { html } = await post(form, "/conversation/person")
    for (const before of log.querySelectorAll("[data-person-asked]")) before.remove()
    add(html)
    log.lastElementChild.scrollIntoView({ block: "nearest" })
  })
}

function erase(form) {
  return act(async () => {
    await post(form, "/conversation/delete")
    keep("")
    log.replaceChildren()
    showDelete(false)
    say(words.deleted, false)
    chat.querySelector("[data-title]").focus()
  })
}

function showDelete(shown) {
  const place = chat.querySelector("[data-delete-here]")
  if (place) {
    place.hidden = !shown
    place.querySelector("details").open = false
  }
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a")
  if (!framed || !link) return
  if (link.matches("[data-receipt]")) {
    event.preventDefault()
    act(() => saveReceipt(link))
  } else if (link.matches("[data-reload]")) {
    event.preventDefault()
    act(restore)
  }
})

async function saveReceipt(link) {
  const response = await send(link.getAttribute("href"), { accept: "text/plain", method: "GET" })
  if (!response.ok) throw await refused(response)
  const address = URL.createObjectURL(await response.blob())
  const [, name] = /filename="([^"]+)"/.exec(response.headers.get("Content-Disposition")) || []
  const download = document.createElement("a")
  download.href = address
  download.download = name || "receipt.txt"
  download.click()
  setTimeout(() => URL.revokeObjectURL(address), 10_000)
}

// ---- The frame --------------------------------------------------------------------------------

async function restore() {
  const response = await send("/conversation/messages", { accept: "text/html", method: "GET" })
  if (!response.ok) {
    keep("")
    say(words.ended, false)
    return
  }
  log.setAttribute("aria-live", "off") // old messages are not news
  log.replaceChildren(fragment(await response.text()))
  setTimeout(() => log.setAttribute("aria-live", "polite"), 500)
  showDelete(true)
}

// Only the page that the server let frame us is spoken to, by its exact origin; no text is sent.
function listen(parent) {
  const tell = (message) => window.parent.postMessage({ signpost: message }, parent)
  const close = document.querySelector("[data-close]")
  close.hidden = false
  close.addEventListener("click", () => tell("close"))
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") tell("close")
  })
  window.addEventListener("message", (event) => {
    if (event.origin !== parent || event.source !== window.parent) return
    if (event.data?.signpost !== "opened") return
    const begun = log.childElementCount > 0 || box.value !== ""
    const place = begun ? box : chat.querySelector("[data-title]")
    place.focus()
  })
  tell("ready")
}

if (framed) {
  if (token) act(restore)
  if (words.parent && window.parent !== window) listen(words.parent)
}
