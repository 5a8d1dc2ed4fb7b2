// Reading an answer aloud with the browser's own voices. The button shows only where there is a
// voice for every language in the answer: a Welsh sentence in an English voice helps nobody.

const PIECES = "p, li, h3, dt, dd, caption, tr"
const QUIET = "form, .app-sources, details:not([open]), .app-speak"
const speech = window.speechSynthesis
let reading = null

const languageOf = (element) => element.closest("[lang]")?.lang || document.documentElement.lang
const voiceFor = (language) =>
  speech.getVoices().find((voice) => voice.lang.toLowerCase().split(/[-_]/)[0] === language)

function pieces(button) {
  return [...button.parentElement.querySelectorAll(PIECES)].filter(
    (piece) => !piece.closest(QUIET) && !piece.querySelector(PIECES),
  )
}

export function offerReading(root) {
  if (!speech) return
  for (const button of root.querySelectorAll("[data-speak]"))
    button.hidden = !pieces(button).every((piece) => voiceFor(languageOf(piece)))
}

function stop() {
  speech.cancel()
  if (reading) reading.button.textContent = reading.name
  reading = null
}

function read(button) {
  const mine = { button, name: button.textContent }
  reading = mine
  button.textContent = button.dataset.stop
  const left = pieces(button).map((piece) => {
    const said = new SpeechSynthesisUtterance(piece.innerText.replace(/\t/g, ", "))
    said.lang = languageOf(piece)
    said.voice = voiceFor(said.lang)
    return said
  })
  // A piece at a time: some browsers fall silent in a long one.
  const next = () => {
    if (reading !== mine) return
    const said = left.shift()
    if (!said) return stop()
    said.onend = next
    said.onerror = () => reading === mine && stop()
    speech.speak(said)
  }
  next()
}

if (speech) {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-speak]")
    if (!button) return
    const again = reading?.button === button
    stop()
    if (!again) read(button)
  })
  offerReading(document)
  speech.addEventListener?.("voiceschanged", () => offerReading(document))
  window.addEventListener("pagehide", stop)
  document.addEventListener("signpost:leave", stop)
}
