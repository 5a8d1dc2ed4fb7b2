// What somebody types is never lost: kept in this tab's own storage until it is sent, deleted or
// left, through errors, reloads and a lost connection. Where storage is blocked, memory has to do.

const DRAFT = "signpost-draft"
const SENT = "signpost-sent"
const box = document.getElementById("question")
const chat = document.querySelector("[data-chat]") // sends by itself; elsewhere the form does
let held = ""

function store(name, text) {
  try {
    if (text) sessionStorage.setItem(name, text)
    else sessionStorage.removeItem(name)
  } catch {
    // blocked in this frame
  }
}

function stored(name) {
  try {
    return sessionStorage.getItem(name) || ""
  } catch {
    return ""
  }
}

export function setBox(text) {
  box.value = text
  box.dispatchEvent(new Event("input", { bubbles: true }))
  box.dispatchEvent(new Event("keyup", { bubbles: true })) // GOV.UK's count listens to this
}

// To a person one writes a message; to the assistant, a question.
export function setLabels({ label, hint, send }) {
  const group = box.closest(".govuk-form-group")
  const words = [
    [group.querySelector("label"), label],
    [group.querySelector(".govuk-hint:not(.govuk-character-count__message)"), hint],
    [document.querySelector("[data-composer] button"), send],
  ]
  for (const [place, text] of words) {
    if (place && place.textContent.trim() !== text) place.textContent = text
  }
}

// Keep a question that is on its way, until `hold("")` says that it arrived or came back.
export function hold(question) {
  held = question
  save()
}

export function forget() {
  held = ""
  store(DRAFT, "")
  store(SENT, "")
}

function save() {
  store(DRAFT, [held, box.value].filter((text) => text.trim()).join("\n"))
}

function asked(text) {
  const questions = [...document.querySelectorAll(".app-message--you")]
  return questions.at(-1)?.innerText.includes(text.trim())
}

function restore() {
  const draft = stored(DRAFT)
  const answered = chat && (stored(SENT) || asked(draft))
  store(SENT, "")
  if (!draft || box.value || answered) store(DRAFT, box.value)
  else setBox(draft)
}

if (box) {
  if (stored(DRAFT) || stored(SENT)) restore()
  else if (box.value) save() // somebody was faster than this script
  box.addEventListener("input", save)
  document.addEventListener("submit", (event) => {
    if (event.target.matches("[data-delete]")) forget()
    if (!event.target.matches("[data-ask]") || chat) return
    if (navigator.onLine) store(SENT, "yes")
    else event.preventDefault() // the browser would show its own error page instead of ours
    say(navigator.onLine)
  })
  window.addEventListener("offline", () => say(false))
  window.addEventListener("online", () => say(true))
}
document.addEventListener("signpost:leave", forget)

// A page that "back" brings out of the browser's memory still holds what was sent, or left, since.
window.addEventListener("pageshow", (event) => {
  if (event.persisted && box && !chat) setBox(stored(DRAFT))
})

const network = document.querySelector("[data-network]")
let gone = false

function say(online) {
  if (online && !gone) return
  gone = !online
  network.textContent = online ? network.dataset.back : network.dataset.gone
  if (online) setTimeout(() => (network.textContent = gone ? network.dataset.gone : ""), 8_000)
}
