// The conversation with JavaScript, in the page and in the widget's frame. Without these scripts
// every form here works as a form; with them, progress is shown and nothing typed is ever lost.

import "./ending.js"
import { showKept } from "./frame.js"
import "./keeping.js"
import { personAsked } from "./people.js"
import { act, add, clearError, fragment, hideWaiting, say, showError, showWaiting } from "./showing.js"
import { forget, hold, setBox } from "./typing.js"
import { Refused, framed, keep, post, refused, send, words } from "./visit.js"

const log = document.querySelector("[data-log]")
const box = document.getElementById("question")
const tries = 6

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
  hold(question)
  if (typed) setBox("")
  showWaiting(question)
  try {
    const turn = await answered(form, question, key)
    failed = { question: "", key: "" }
    hold("")
    hideWaiting()
    add(turn.html, turn.id)
    document.dispatchEvent(new Event("signpost:shown"))
  } catch (fault) {
    failed = { question, key }
    hold("")
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

function rate(form, button) {
  return act(async () => {
    const { html } = await post(form, form.getAttribute("action"), { useful: button.value })
    const place = form.closest("[data-rating]")
    const after = fragment(html).firstElementChild
    place.replaceWith(after)
    after.querySelector("p").focus() // the pressed button is gone; this also reads the thanks out
  })
}

function askForPerson(form) {
  return act(async () => {
    personAsked(await post(form, "/conversation/person"))
  })
}

function erase(form) {
  return act(async () => {
    await post(form, "/conversation/delete")
    keep("")
    forget()
    setBox("")
    log.replaceChildren()
    showKept(false)
    say(words.deleted, false)
    document.querySelector("[data-title]").focus()
  })
}
