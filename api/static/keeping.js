// Files of the conversation, and paper. The frame sends its token in a header, so that it cannot
// follow a link: it fetches the file and saves it.

import { act } from "./showing.js"
import { framed, refused, send } from "./visit.js"

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-save]")
  if (link && framed) {
    event.preventDefault()
    act(() => save(link))
  }
  if (event.target.closest("[data-print]")) window.print()
})

async function save(link) {
  const response = await send(link.getAttribute("href"), { accept: "*/*", method: "GET" })
  if (!response.ok) throw await refused(response)
  const address = URL.createObjectURL(await response.blob())
  const [, name] = /filename="([^"]+)"/.exec(response.headers.get("Content-Disposition")) || []
  const download = document.createElement("a")
  download.href = address
  download.download = name || "conversation.txt"
  download.click()
  setTimeout(() => URL.revokeObjectURL(address), 10_000)
}

for (const button of document.querySelectorAll("[data-print]")) button.hidden = false

// On paper nothing can be opened: quotations are printed whole.
let opened = []
window.addEventListener("beforeprint", () => {
  opened = [...document.querySelectorAll("[data-log] details:not([open])")]
  for (const details of opened) details.open = true
})
window.addEventListener("afterprint", () => {
  for (const details of opened) details.open = false
})
