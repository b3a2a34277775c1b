import { expect } from 'vitest'
import { type Browser, openWindow, type Page, signInAs } from '../support/browser.ts'
import type { House } from '../support/house.ts'

type Options = Parameters<typeof openWindow>[1]
export type Person = Awaited<ReturnType<typeof openPerson>>

export const reason = 'Refund 8841 for a customer, agreed with Lee'

/**
 * Somebody signed in through the tenant's page, at a page of the house, who is refused there. Their browser's time is
 * the house's: both move by `pass` alone.
 */
export async function openPerson(
  browser: Browser,
  house: House,
  key: string,
  { path = '/sessions', ...options }: Options & { path?: string } = {},
) {
  const window = await openWindow(browser, options)
  const { page } = window
  const loads: string[] = []
  page.on('response', answer => {
    const request = answer.request()
    const isRedirect = answer.status() >= 300 && answer.status() < 400
    // The only pages of ours that answer a form with 200 go on to Entra at once, and show nothing to decide.
    const goesOn = request.method() === 'POST' && answer.status() === 200
    if (request.isNavigationRequest() && request.frame() === page.mainFrame() && !isRedirect && !goesOn)
      loads.push(new URL(answer.url()).pathname)
  })
  await page.goto(`${house.baseUrl}${path}`)
  await signInAs(page, key)
  const time = moving(page, house)
  await time.holdTime()
  loads.length = 0
  return {
    ...window,
    /** The documents loaded since they were refused, but not the redirects and the pages that go on at once between them. */
    loads,
    at: (where: string) => page.waitForURL(`${house.baseUrl}${where}`),
    main: page.locator('main'),
    heading: () => page.getByRole('heading', { level: 1 }).innerText(),
    /** What the browser complained of on the pages of the house. */
    faults: () => window.complaints().filter(line => line.includes(house.baseUrl)),
    ...time,
  }
}

/** The time of a page and of its house, moved together and by hand. */
export const moving = (page: Page, house: House) => ({
  /** From now on the time of this browser stands, on this page and on all that follow. */
  async holdTime(): Promise<void> {
    const now = house.clock.read().getTime()
    // It runs from when it is installed, and cannot be held at a moment that has passed.
    await page.clock.install({ time: now - 3_600_000 })
    await page.clock.pauseAt(now)
    await page.context().addInitScript(countTimers)
  },

  /** Lets time pass, a second at a time; the page finishes what it does in each. */
  async pass(seconds: number): Promise<void> {
    for (let passed = 0; passed < seconds; passed++) {
      house.clock.advance({ seconds: 1 })
      await page.clock.runFor(1_000)
      await settled(page)
    }
  },

  /** Lets much time pass at once, as for a device that slept. */
  async sleep(seconds: number): Promise<void> {
    house.clock.advance({ seconds })
    await page.clock.fastForward(seconds * 1_000)
    await settled(page)
  },
})

/** How many seconds pass until the page of this path is shown. */
export async function secondsUntil(person: Pick<Person, 'page' | 'pass'>, path: string, atMost = 30): Promise<number> {
  for (let seconds = 0; seconds <= atMost; seconds++) {
    if (new URL(person.page.url()).pathname === path) return seconds
    await person.pass(1)
  }
  throw new Error(`not at ${path} within ${atMost} seconds`)
}

/** Runs in the page: how many timeouts wait, so that one can see that a script has done what it had to. */
function countTimers() {
  const { setTimeout } = globalThis
  const counter = globalThis as unknown as { waiting: number }
  counter.waiting = 0
  globalThis.setTimeout = ((act: () => void, ms: number) => {
    counter.waiting += 1
    return setTimeout(() => {
      counter.waiting -= 1
      act()
    }, ms)
  }) as typeof setTimeout
}

/** The progress page asks, or goes on to another page: until it waits again, or is there. */
async function settled(page: Page): Promise<void> {
  const isSettled = () =>
    page
      .evaluate('document.readyState !== "loading" && (!document.querySelector("[data-progress]") || waiting > 0)')
      .catch(() => false)
  const end = performance.now() + 10_000
  while (!(await isSettled())) {
    if (performance.now() > end) throw new Error(`the script of ${page.url()} does not go on`)
    await new Promise(resolve => setTimeout(resolve, 5))
  }
}

/** Presses Tab until this is reached; every stop on the way must be seen to be one. */
export async function tabTo(page: Page, name: string | RegExp, key = 'Tab'): Promise<void> {
  const focus = page.locator(':focus')
  for (let presses = 0; presses < 40; presses++) {
    await page.keyboard.press(key)
    if ((await focus.count()) === 0) continue
    const { names, isSeen } = await focus.evaluate(stopOf)
    expect([names, isSeen]).toEqual([names, true])
    if (names.some((each: string) => (typeof name === 'string' ? each === name : name.test(each)))) return
  }
  throw new Error(`the Tab key does not reach ${name}`)
}

/** Runs in the page: what the stop is called, and whether it is drawn as one and in view. */
// biome-ignore lint/suspicious/noExplicitAny: the DOM is not among the types of the tests
function stopOf(element: any) {
  const { getComputedStyle, innerHeight } = element.ownerDocument.defaultView
  const labels = [...(element.labels ?? [])].map(label => label.textContent)
  const isOutlined = [element, element.closest('label')].some(each => {
    const style = each && getComputedStyle(each)
    return style && style.outlineStyle !== 'none' && Number.parseFloat(style.outlineWidth) >= 2
  })
  const { top, bottom } = element.getBoundingClientRect()
  return {
    names: [...labels, element.textContent].map(text => text.replace(/\s+/g, ' ').trim()),
    isSeen: isOutlined && bottom > 0 && top < innerHeight,
  }
}
