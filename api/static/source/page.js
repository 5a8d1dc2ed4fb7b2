// The few GOV.UK Frontend components that these pages use. Built into ../page.js (see ../README.md).
import {
  Button,
  CharacterCount,
  ErrorSummary,
  ExitThisPage,
  ServiceNavigation,
  SkipLink,
  createAll,
} from "govuk-frontend"

// The page's place in the history is replaced, not followed by another. A frame says first that
// its parent will leave instead.
function leave(address) {
  const stays = !document.dispatchEvent(new Event("signpost:leave", { cancelable: true }))
  if (!stays) location.replace(address)
}

class Exit extends ExitThisPage {
  handleKeypress(event) {
    if (!this.$root.hidden) super.handleKeypress(event)
  }

  exitPage() {
    this.$updateSpan.textContent = ""
    document.body.classList.add("govuk-exit-this-page-hide-content")
    this.$overlay = document.createElement("div")
    this.$overlay.className = "govuk-exit-this-page-overlay"
    this.$overlay.setAttribute("role", "alert")
    document.body.appendChild(this.$overlay)
    this.$overlay.textContent = this.i18n.t("activated")
    leave(this.$button.href)
  }
}

for (const link of document.querySelectorAll("a[data-exit]")) {
  link.addEventListener("click", (event) => {
    event.preventDefault()
    leave(link.href)
  })
}

for (const component of [Button, CharacterCount, ErrorSummary, Exit, ServiceNavigation, SkipLink]) {
  createAll(component)
}
