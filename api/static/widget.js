// Signpost's widget: a button, and the service in a frame of its own origin. One script tag:
//   <script src="https://enquiries.example/widget.js" data-language="en" async></script>
// data-language: en or cy. data-label: the button's words. data-side: right (usual) or left.
// data-theme: teal (usual), blue, green, plum or ink.
// It reads nothing of the page, sets no cookie, and passes no text either way.
;(() => {
  const script = document.currentScript
  const service = new URL(script.src).origin
  const { language = "en", label = "", side = "right", theme = "teal" } = script.dataset
  const themes = { teal: "#0f4c5c", blue: "#1a4b8c", green: "#0f5c3c", plum: "#6a2c6a", ink: "#2b2d33" }
  const colour = Object.hasOwn(themes, theme) ? themes[theme] : themes.teal
  const welsh = language === "cy"
  const name = welsh ? "Gofyn cwestiwn" : "Ask a question"
  const title = welsh
    ? "Gofyn cwestiwn am wasanaethau'r llywodraeth"
    : "Ask a question about government services"

  const css = `
    :host { all: initial; }
    button {
      position: fixed; z-index: 2147483000; bottom: 20px; ${side === "left" ? "left" : "right"}: 20px;
      min-height: 48px; padding: 12px 20px; border: 2px solid #fff; border-radius: 26px;
      font: 700 18px/1.2 system-ui, sans-serif; color: #fff; background: ${colour}; cursor: pointer;
      box-shadow: 0 2px 8px rgb(0 0 0 / .35);
    }
    button:hover { text-decoration: underline; }
    button:focus-visible { outline: 3px solid #0b0c0c; outline-offset: 0; color: #0b0c0c; background: #fd0; }
    dialog {
      position: fixed; z-index: 2147483001; inset: auto; bottom: 84px; margin: 0; padding: 0;
      ${side === "left" ? "left" : "right"}: 20px; width: 400px; height: min(660px, calc(100vh - 104px));
      max-width: none; max-height: none; overflow: hidden; box-sizing: border-box;
      border: 1px solid ${colour}; border-radius: 8px; background: #fff;
      box-shadow: 0 4px 24px rgb(0 0 0 / .3);
    }
    iframe { display: block; width: 100%; height: 100%; border: 0; }
    dialog.whole { inset: 0; width: 100%; height: 100%; border: 0; border-radius: 0; }
    @media (max-height: 340px) { button { bottom: 4px; min-height: 44px; padding: 8px 16px; } }
    @media print { button, dialog { display: none; } }
  `

  const host = document.createElement("div")
  host.lang = welsh ? "cy" : "en"
  const root = host.attachShadow({ mode: "open" })
  const sheet = new CSSStyleSheet() // allowed by pages that forbid inline styles
  sheet.replaceSync(css)
  root.adoptedStyleSheets = [sheet]

  const button = document.createElement("button")
  button.type = "button"
  button.textContent = label || name
  button.setAttribute("aria-expanded", "false")
  button.setAttribute("aria-haspopup", "dialog")
  const dialog = document.createElement("dialog")
  dialog.setAttribute("aria-label", title)
  root.append(button, dialog)

  // Small windows get the whole page, and the page behind is out of reach until it is closed.
  const small = matchMedia("(max-width: 480px), (max-height: 500px)")
  let frame = null
  let ready = false

  function open() {
    if (!frame) {
      frame = document.createElement("iframe")
      frame.title = title
      const query = new URLSearchParams({ parent: location.origin, lang: language, theme })
      frame.src = `${service}/embed?${query}`
      dialog.append(frame)
    }
    show()
    button.setAttribute("aria-expanded", "true")
    frame.focus()
    if (ready) tell()
  }

  function show() {
    dialog.classList.toggle("whole", small.matches)
    if (small.matches) dialog.showModal()
    else dialog.show()
  }

  function close() {
    if (dialog.open) dialog.close()
    button.setAttribute("aria-expanded", "false")
    button.focus()
  }

  function tell() {
    frame.contentWindow.postMessage({ signpost: "opened" }, service)
  }

  button.addEventListener("click", () => (dialog.open ? close() : open()))
  root.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && dialog.open) close()
  })
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault()
    close()
  })
  small.addEventListener("change", () => {
    if (!dialog.open) return
    dialog.close()
    show()
  })
  window.addEventListener("message", (event) => {
    if (event.origin !== service || !frame || event.source !== frame.contentWindow) return
    if (event.data?.signpost === "close") close()
    if (event.data?.signpost === "exit") location.replace(`${service}/exit`)
    if (event.data?.signpost === "ready") {
      ready = true
      if (dialog.open) tell()
    }
  })

  function place() {
    document.body.append(host)
  }
  if (document.body) place()
  else document.addEventListener("DOMContentLoaded", place)
})()
