// Keeps the staff console's lists and cases fresh. Without it, "Refresh" does the same.
//
// Events hold identifiers only: what is shown is fetched anew from the page's own address. A part in
// which somebody types, or in which the focus is, is left alone until they are done; a form that was
// begun keeps the version under which it was begun, so nobody answers what they have not read.

const main = document.querySelector("[data-events]")
const status = document.querySelector("[data-status]")
let last = main?.dataset.after
let fetching = false
let again = false
let waiting = false

function say(text) {
  if (status.textContent !== text) status.textContent = text
}

function begun(part) {
  const typed = [...part.querySelectorAll("textarea, input:not([type=hidden]), select")].some((field) => {
    if (field.type === "checkbox") return field.checked !== field.defaultChecked
    if (field.tagName === "SELECT") {
      return field.selectedIndex !== Math.max(0, [...field.options].findIndex((option) => option.defaultSelected))
    }
    return field.value !== field.defaultValue || (field.tagName === "TEXTAREA" && field.value !== "")
  })
  return typed || part.contains(document.activeElement)
}

function opened(part) {
  return new Set([...part.querySelectorAll("details[open] > summary")].map((summary) => summary.textContent))
}

function renew(part, fresh) {
  const open = opened(part)
  part.replaceChildren(...fresh.childNodes)
  for (const summary of part.querySelectorAll("details > summary")) {
    if (open.has(summary.textContent)) summary.parentElement.open = true
  }
}

async function refresh() {
  if (fetching) {
    again = true
    return
  }
  fetching = true
  try {
    const answer = await fetch(main.dataset.source, { headers: { Accept: "text/html" }, redirect: "error" })
    if (!answer.ok) throw new Error(answer.status)
    const page = new DOMParser().parseFromString(await answer.text(), "text/html")
    let left = 0
    for (const part of document.querySelectorAll("[data-live]")) {
      const fresh = page.querySelector(`[data-live="${part.dataset.live}"]`)
      if (!fresh || fresh.innerHTML.trim() === part.innerHTML.trim()) continue
      if (begun(part)) left += 1
      else renew(part, fresh)
    }
    waiting = left > 0
    say(waiting ? "This case has changed while you were busy here. Read what is new before you send." : "Updated just now.")
  } catch {
    say("This page could not be updated. Use Refresh.")
  } finally {
    fetching = false
    if (again) {
      again = false
      refresh()
    }
  }
}

function follow() {
  const joint = main.dataset.events.includes("?") ? "&" : "?"
  const events = new EventSource(`${main.dataset.events}${joint}after=${last}`)
  events.addEventListener("case", (event) => {
    last = event.lastEventId
    refresh()
  })
  events.addEventListener("presence", refresh)
  events.addEventListener("signed-out", () => {
    events.close()
    say("You are signed out. Copy what you typed, then sign in again.")
  })
  events.addEventListener("error", () => {
    // The browser comes back by itself, but not after a refusal: then we do, from the last event.
    if (events.readyState === EventSource.CLOSED) setTimeout(follow, 5000)
  })
}

if (main && "EventSource" in window) {
  document.addEventListener("focusout", () => setTimeout(() => { if (waiting) refresh() }, 0))
  follow()
}
