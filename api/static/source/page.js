// The few GOV.UK Frontend components that these pages use. Built into ../page.js (see ../README.md).
import { Button, CharacterCount, ErrorSummary, ServiceNavigation, SkipLink, createAll } from "govuk-frontend"

for (const component of [Button, CharacterCount, ErrorSummary, ServiceNavigation, SkipLink]) {
  createAll(component)
}
