// Whose conversation it is, and how to talk to the service. The page is known by its cookie. The
// frame has none: it sends its token in a header.

const chat = document.querySelector("[data-chat]")
export const framed = chat.hasAttribute("data-framed")
export const words = chat.dataset

const STORE = "signpost-conversation"
let token = framed ? stored() : ""

function stored() {
  try {
    return sessionStorage.getItem(STORE) || ""
  } catch {
    return "" // storage is blocked in this frame: the token lives in memory alone
  }
}

export function keep(fresh) {
  token = fresh
  try {
    if (fresh) sessionStorage.setItem(STORE, fresh)
    else sessionStorage.removeItem(STORE)
  } catch {
    // see stored()
  }
}

export const tokenHeld = () => token
export const underWay = () => !framed || token !== ""

// Each answer of the service lets the conversation last for its whole time again.
export let endsAt = Date.now() + Number(words.seconds) * 1000

export async function send(address, { accept, body, method = "POST" }) {
  const headers = { Accept: accept }
  if (framed && !token && method === "POST") await start()
  if (framed && token) headers.Authorization = `Bearer ${token}`
  const response = await fetch(address, { method, headers, body, redirect: "error" })
  const fresh = response.headers.get("Signpost-Token")
  if (framed && fresh) keep(fresh)
  if (response.ok) endsAt = Date.now() + Number(words.seconds) * 1000
  return response
}

async function start() {
  const response = await fetch("/v1/conversations", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ language: words.language }),
  })
  if (!response.ok) throw await refused(response)
  keep((await response.json()).token)
  document.dispatchEvent(new Event("signpost:started"))
}

export class Refused extends Error {
  constructor(said, status) {
    super(said)
    this.status = status
  }
}

export async function refused(response) {
  try {
    return new Refused((await response.json()).detail || words.offline, response.status)
  } catch {
    return new Refused(words.offline, response.status)
  }
}

export async function post(form, address, extra = {}) {
  const body = new URLSearchParams(new FormData(form))
  for (const [name, value] of Object.entries(extra)) body.set(name, value)
  const response = await send(address, { accept: "application/json", body })
  if (!response.ok) throw await refused(response)
  return response.json()
}
