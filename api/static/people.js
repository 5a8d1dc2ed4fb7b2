// Talking to a person: what they write comes into the log as it is written, and the panel beside it
// says where things stand. The numbers of the news are the truth; the clock only says when to ask.

import { act, add, fragment, say } from "./showing.js"
import { setLabels } from "./typing.js"
import { framed, refused, send, tokenHeld } from "./visit.js"

const log = document.querySelector("[data-log]")
const box = document.getElementById("question")
const place = document.querySelector("[data-piece-place]")
const panel = () => document.querySelector("[data-people]")

let after = Number(panel()?.dataset.after ?? -1)
let timer = 0
let looking = false
let failures = 0

// ---- The panel --------------------------------------------------------------------------------

// What is new of it is said once, in a sentence; the panel itself is read by whoever goes to it.
export function showPanel(html) {
  const before = panel()
  const next = fragment(html).querySelector("[data-people]")
  if (!before || !next) return
  const news = next.dataset.brief
  if (news && news !== before.dataset.brief) say(news, false, true)
  if (before.outerHTML !== next.outerHTML) swap(before, next)
  setLabels(next.dataset)
  hideCheck()
  plan()
}

// Whoever is in the panel stays there: the same link, or else its heading, keeps the focus.
function swap(before, next) {
  const held = before.contains(document.activeElement) ? document.activeElement : null
  before.replaceWith(next)
  if (!held) return
  const same = held.href && [...next.querySelectorAll("a")].find((link) => link.href === held.href)
  const heading = next.querySelector("h2")
  if (heading) heading.tabIndex = -1
  const stay = same || heading || box
  stay.focus()
}

// With scripts nobody has to ask for new messages by hand.
function hideCheck() {
  for (const form of document.querySelectorAll("[data-check]")) form.hidden = true
}

// ---- Looking for news -------------------------------------------------------------------------

function plan() {
  clearTimeout(timer)
  const every = Number(panel()?.dataset.every ?? 0)
  if (!every) return
  const slower = document.hidden ? 5 : 1
  timer = setTimeout(look, every * 1000 * slower * 2 ** Math.min(failures, 4))
}

async function look() {
  if (looking || !panel() || (framed && !tokenHeld())) return
  looking = true
  try {
    const address = `/conversation/news?after=${after}`
    const response = await send(address, { accept: "application/json", method: "GET" })
    if (!response.ok) throw await refused(response)
    const news = await response.json()
    failures = 0
    after = news.after
    for (const message of news.messages) show(message)
    showPanel(news.panel)
  } catch {
    failures += 1 // the next look asks for the same again: nothing is lost
    plan()
  } finally {
    looking = false
  }
}

// The log reads out what is added to it, once; what is there already is no news.
function show({ id, html }) {
  if (document.getElementById(`message-${id}`)) return
  const nearEnd = box.getBoundingClientRect().top < 2 * window.innerHeight
  log.append(fragment(html))
  if (nearEnd && box.value.trim() === "") log.lastElementChild.scrollIntoView({ block: "nearest" })
}

document.addEventListener("signpost:shown", look)
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && Number(panel()?.dataset.every ?? 0)) look()
})
window.addEventListener("online", look)

export function personAsked({ html, panel: said }) {
  for (const before of log.querySelectorAll("[data-person-asked]")) before.remove()
  add(html)
  log.lastElementChild.scrollIntoView({ block: "nearest" })
  showPanel(said)
}

// ---- Pieces in the frame: forms that are pages elsewhere --------------------------------------

async function open(address, body) {
  const method = body ? "POST" : "GET"
  const response = await send(address, { accept: "text/html", method, body })
  const readable = response.headers.get("Content-Type")?.startsWith("text/html")
  if (!readable) throw await refused(response)
  place.replaceChildren(fragment(await response.text()))
  place.hidden = false
  const summary = place.querySelector(".govuk-error-summary")
  if (summary) summary.tabIndex = -1
  const first = summary || place.querySelector("h2")
  first.focus() // what was pressed may be gone
  if (body) look()
}

function close() {
  place.replaceChildren()
  place.hidden = true
  box.focus()
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-to-box]")) {
    event.preventDefault()
    box.focus()
  }
  if (!place) return
  const link = event.target.closest("[data-piece]")
  if (link) {
    event.preventDefault()
    act(() => open(link.getAttribute("href")))
  }
  if (event.target.closest("[data-piece-close]")) {
    event.preventDefault()
    close()
  }
})

document.addEventListener("submit", (event) => {
  if (!place || !event.target.matches("[data-piece-form]")) return
  event.preventDefault()
  const body = new URLSearchParams(new FormData(event.target))
  act(() => open(event.target.getAttribute("action"), body))
})

hideCheck()
plan()
