// The widget's frame: what the full page does by links, and the three messages to its parent.

import { act, add, fragment, replaceAll, say } from "./showing.js"
import { setBox } from "./typing.js"
import { framed, keep, post, refused, send, tokenHeld, words } from "./visit.js"

const box = document.getElementById("question")
const kept = document.querySelector("[data-kept]")
const about = document.querySelector("[data-about]")
const title = document.querySelector("[data-title]")

// ---- Another language -------------------------------------------------------------------------

// The frame is loaded anew. Where storage is blocked, its own name carries what must not be lost;
// no other site can read it, and it is emptied at once.
function reopen(language) {
  window.name = JSON.stringify({ token: tokenHeld(), draft: box.value })
  const query = new URLSearchParams({ lang: language, theme: words.theme })
  if (words.parent) query.set("parent", words.parent)
  location.replace(`/embed?${query}`)
}

function carried() {
  try {
    const { token, draft } = JSON.parse(window.name)
    if (token) keep(token)
    if (draft && !box.value) setBox(draft)
    return true
  } catch {
    return false
  } finally {
    window.name = ""
  }
}

async function speakIn(language) {
  if (tokenHeld()) await post(document.createElement("form"), "/conversation/language", { language })
  reopen(language)
}

// ---- The conversation -------------------------------------------------------------------------

export async function restore() {
  const response = await send("/conversation/messages", { accept: "text/html", method: "GET" })
  if (!response.ok) {
    keep("")
    say(words.ended, false)
    return
  }
  const language = response.headers.get("Content-Language")
  if (language && language !== words.language) return reopen(language)
  replaceAll(await response.text())
  showKept(true)
  document.dispatchEvent(new Event("signpost:shown"))
}

export function showKept(shown) {
  kept.hidden = !shown
  for (const details of kept.querySelectorAll("details")) details.open = false
}

// ---- The form about the citizen ---------------------------------------------------------------

async function showAbout(body) {
  const method = body ? "POST" : "GET"
  const response = await send("/conversation/about-you", { accept: "text/html", method, body })
  if (!response.ok && response.status !== 422) throw await refused(response)
  about.replaceChildren(fragment(await response.text()))
  about.removeAttribute("aria-labelledby")
  const summary = about.querySelector(".govuk-error-summary")
  if (summary) summary.tabIndex = -1
  const place = summary || about.querySelector("h2")
  place.focus() // what was pressed is gone
}

// ---- The page around it -----------------------------------------------------------------------

// Only the page that the server let frame us is spoken to, by its exact origin; no text is sent.
function listen(parent) {
  const tell = (message) => window.parent.postMessage({ signpost: message }, parent)
  const close = document.querySelector("[data-close]")
  close.hidden = false
  close.addEventListener("click", () => tell("close"))
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") tell("close")
  })
  document.addEventListener("signpost:leave", (event) => {
    event.preventDefault() // the whole page has to go, not its frame alone
    tell("exit")
  })
  window.addEventListener("message", (event) => {
    if (event.origin !== parent || event.source !== window.parent) return
    if (event.data?.signpost !== "opened") return
    const begun = document.querySelector("[data-log]").childElementCount > 0 || box.value !== ""
    const place = begun ? box : title
    place.focus()
  })
  tell("ready")
}

if (framed) {
  document.addEventListener("signpost:started", () => showKept(true))
  document.addEventListener("signpost:leave", () => keep(""))
  document.addEventListener("click", (event) => {
    const language = event.target.closest("[data-speak-in]")
    if (language) act(() => speakIn(language.dataset.speakIn))
    if (event.target.closest("[data-open-about]")) act(() => showAbout())
    if (event.target.closest("[data-reload]")) {
      event.preventDefault()
      act(restore)
    }
  })
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-about-form]")) return
    event.preventDefault()
    act(() => showAbout(new URLSearchParams(new FormData(event.target))))
  })
  if (carried()) box.focus()
  if (tokenHeld()) act(restore)
  if (words.parent && window.parent !== window) listen(words.parent)
}
