// A conversation ends when it is not used for a day. Half an hour before, the page says so and
// offers more time (WCAG 2.2.1). The clock is looked at, not counted: computers sleep.

import { act, say } from "./showing.js"
import { endsAt, framed, keep, post, underWay, words } from "./visit.js"

const place = document.querySelector("[data-end]")
const text = place.querySelector("[data-end-text]")
const box = document.getElementById("question")
const WARNED = Math.min(30 * 60, Number(words.seconds) / 2) * 1000

const spoken = (sentence) =>
  sentence.replace(
    "{when}",
    new Date(endsAt).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" }),
  )

function look() {
  const left = endsAt - Date.now()
  if (!underWay() || left > WARNED) {
    place.hidden = true
    text.textContent = ""
  } else if (left <= 0) {
    end()
  } else if (place.hidden) {
    place.hidden = false
    text.textContent = spoken(words.ending)
  }
}

// The page asks the service, which knows best: another tab may have kept the conversation going.
function end() {
  if (!framed) return location.assign("/conversation")
  keep("")
  place.hidden = true
  document.querySelector("[data-log]").replaceChildren()
  document.querySelector("[data-kept]").hidden = true
  say(words.ended, false)
}

document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-extend]")) return
  event.preventDefault()
  act(async () => {
    await post(event.target, "/conversation/extend")
    look()
    say(spoken(words.extended), false)
    box.focus() // the pressed button is gone
  })
})

setInterval(look, 5_000)
document.addEventListener("visibilitychange", look)
