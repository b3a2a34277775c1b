// Live time and polling. Every page works without this file, and no function here moves the focus.

const minuteMs = 60_000
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', timeZone: 'UTC' })
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' })

const absolute = (at, now) => {
  const isToday = at.toISOString().slice(0, 10) === now.toISOString().slice(0, 10)
  const year = at.getUTCFullYear() === now.getUTCFullYear() ? '' : ` ${at.getUTCFullYear()}`
  return `${isToday ? '' : `${day.format(at)}${year}, `}${clock.format(at)} UTC`
}
const lengthOf = ms => {
  if (ms < minuteMs) return 'less than a minute'
  const minutes = Math.floor(ms / minuteMs)
  const parts = [minutes >= 60 && `${Math.floor(minutes / 60)} h`, minutes % 60 > 0 && `${minutes % 60} min`]
  return parts.filter(Boolean).join(' ')
}
/** The server's clock, from the instant that the page carries: the clock of this device may be wrong. */
const clockOf = element => {
  const ahead = Date.parse(element.dataset.now) - Date.now()
  return () => new Date(Date.now() + ahead)
}
const say = (element, text) => {
  if (element && element.textContent !== text) element.textContent = text
}
/** The address that tells how turning on goes; `members` is meant where no gate is named. */
const stateOf = query => `/access/turning-on/state${query ? `?${query}` : ''}`
const gateIn = ({ gate }) => gate && `gate=${encodeURIComponent(gate)}`
const sameOrigin = { headers: { Accept: 'application/json' }, credentials: 'same-origin', cache: 'no-store' }

for (const bar of document.querySelectorAll('[data-access-bar]')) startBar(bar)
for (const main of document.querySelectorAll('[data-end-unknown]')) askForEnd(main)
for (const form of document.querySelectorAll('[data-turn-on]')) startForm(form)
for (const field of document.querySelectorAll('[data-copy]')) startCopy(field)
for (const progress of document.querySelectorAll('[data-progress]')) startProgress(progress)

function startBar(bar) {
  const find = name => bar.querySelector(`[data-${name}]`)
  const now = clockOf(bar)
  const title = document.title.replace(/^\(<?\d+ min\) /, '')
  /** Named where there are several gates. */
  const access = bar.dataset.title ? `Access to ${bar.dataset.title}` : 'Access'
  let until = new Date(bar.dataset.until)
  let isAsking = false

  function show() {
    const left = until - now()
    if (left <= 0) return over()
    const stage = left <= minuteMs ? 'last' : left <= 5 * minuteMs ? 'near' : left <= 15 * minuteMs ? 'soon' : 'on'
    bar.className = `access-bar ${stage}`
    say(find('before'), stage === 'on' ? 'Access on until' : `Access ends in ${lengthOf(left)}, at`)
    say(find('after'), stage === 'on' ? `(${lengthOf(left)})` : '')
    const end = find('end')
    end.dateTime = until.toISOString()
    say(end, absolute(until, now()))
    const note = find('note')
    if (note) note.hidden = stage === 'on' || stage === 'soon'
    document.title = stage === 'on' ? title : `(${Math.floor(left / minuteMs) || '<1'} min) ${title}`
    if (stage !== 'on') warn(stage)
    if (bar.dataset.canEndAt && now() >= new Date(bar.dataset.canEndAt)) allowEnding()
  }

  /** Once each for one end, however many pages are looked at meanwhile. */
  function warn(stage) {
    const key = `access-warned ${until.toISOString()} ${bar.dataset.gate ?? ''}`
    const stages = ['soon', 'near', 'last']
    const told = stages.indexOf(sessionStorage.getItem(key))
    if (told >= stages.indexOf(stage)) return
    sessionStorage.setItem(key, stage)
    const at = absolute(until, now())
    if (stage === 'soon') say(find('politely'), `${access} ends in 15 minutes or less, at ${at}.`)
    if (stage === 'near')
      say(
        find('politely'),
        `${access} ends in 5 minutes or less, at ${at}.${find('extend') ? ' You can extend it at the top.' : ''}`,
      )
    if (stage === 'last') say(find('assertively'), `${access} ends in less than a minute, at ${at}.`)
  }

  function allowEnding() {
    delete bar.dataset.canEndAt
    for (const element of bar.querySelectorAll('[data-too-soon]')) element.hidden = true
    find('end-now').hidden = false
  }

  /** Asks the server once before it says that access ended: another tab may have extended access. */
  async function over() {
    if (isAsking) return
    isAsking = true
    clearInterval(timer)
    const later = find('acts') ? await untilNow().catch(() => undefined) : undefined
    if (later && later - now() > 0) {
      isAsking = false
      return began(later)
    }
    bar.className = 'access-bar over'
    document.title = title
    const at = absolute(until, now())
    say(find('before'), 'Access ran out at')
    say(find('after'), '')
    for (const name of ['acts', 'note']) if (find(name)) find(name).hidden = true
    const link = document.createElement('a')
    link.href = find('acts') ? '/access' : '/'
    link.target = '_blank'
    link.textContent = 'Turn it on again (opens in a new tab)'
    find('said').replaceChildren('What you typed on this page stays here. ', link)
    say(find('assertively'), `${access} ran out at ${at}.`)
  }

  function began(end) {
    until = end
    clearInterval(timer)
    timer = setInterval(show, 1_000)
    show()
  }

  async function untilNow() {
    const answer = await fetch(stateOf(gateIn(bar.dataset)), sameOrigin)
    const state = answer.ok ? await answer.json() : {}
    return state.step === 'in' && state.until ? new Date(state.until) : undefined
  }

  // Sent by script when the person has typed something, so that a half-filled form stays on the page.
  find('extend')?.addEventListener('submit', async event => {
    if (!isAnythingTyped()) return
    event.preventDefault()
    const button = event.target.querySelector('button')
    if (button.ariaDisabled === 'true') return
    button.ariaDisabled = 'true'
    let isExtended = false
    say(find('said'), 'Asking Microsoft …')
    try {
      const body = new URLSearchParams([...new FormData(event.target), ['as', 'script']])
      const answer = await (await fetch('/access/extend', { ...sameOrigin, method: 'POST', body })).json()
      if (!answer.extended) throw new Error(answer.sentence ?? answer.title)
      isExtended = true
      began(new Date(answer.until))
      find('was').hidden = false
      say(find('was'), `Extended: was ${answer.was}, now ${answer.absolute}`)
      say(find('said'), `Extended: access is on until ${answer.absolute}. It was ${answer.was} before.`)
    } catch (error) {
      const link = document.createElement('a')
      link.href = '/access'
      link.target = '_blank'
      link.textContent = 'My access (opens in a new tab)'
      const sentence =
        error instanceof TypeError || error instanceof SyntaxError ? 'It could not be sent.' : error.message
      find('said').replaceChildren(`Not extended. ${sentence} See `, link)
    } finally {
      // Microsoft takes one further period at a time. The button stays, because it has the focus.
      button.ariaDisabled = isExtended ? 'true' : null
    }
  })

  let timer = setInterval(show, 1_000)
  show()
  addEventListener('visibilitychange', show)
}

/** Asks when access ends, for a page that was sent before that was known, so that its reader is warned too. */
function askForEnd(main) {
  const pauses = [5_000, 20_000, 60_000]

  async function ask() {
    const answer = await fetch(stateOf(gateIn(main.dataset)), sameOrigin)
    const state = answer.ok ? await answer.json() : {}
    if (state.step === 'in' && !state.until) return again()
    if (state.step !== 'in') return
    // The end is known now, so every page of the gate has the line.
    const page = await (
      await fetch(main.dataset.gate ? location.href : '/', { credentials: 'same-origin', cache: 'no-store' })
    ).text()
    const bar = new DOMParser().parseFromString(page, 'text/html').querySelector('[data-access-bar]')
    if (bar) show(document.adoptNode(bar))
  }

  function show(bar) {
    const returnTo = bar.querySelector('[name=returnTo]')
    if (returnTo) returnTo.value = location.pathname + location.search
    const acts = main.dataset.endUnknown === 'with-acts' ? [] : bar.querySelectorAll('[data-acts], [data-note]')
    for (const act of acts) act.remove()
    main.before(bar)
    startBar(bar)
  }

  const tried = () => ask().catch(again)
  const again = () => pauses.length > 0 && setTimeout(tried, pauses.shift())
  tried()
}

const isAnythingTyped = () =>
  [...document.querySelectorAll('main input:not([type=hidden]), main textarea')].some(
    field => field.value !== field.defaultValue || field.checked !== field.defaultChecked,
  )

function startForm(form) {
  const now = clockOf(form)
  const refresh = () => {
    for (const end of form.querySelectorAll('[data-ends]')) {
      const at = new Date(now().getTime() + Number(end.dataset.ends) * minuteMs)
      end.dateTime = at.toISOString()
      say(end, absolute(at, now()))
    }
  }
  setInterval(refresh, 10_000)
  const button = form.parentElement.querySelector('[data-use-again]')
  if (!button) return
  button.hidden = false
  button.addEventListener('click', () => {
    const { reason, ticket, minutes } = button.dataset
    form.elements.reason.value = reason
    if (form.elements.ticket) form.elements.ticket.value = ticket
    const choice = form.querySelector(`input[name=minutes][value="${minutes}"]`)
    if (choice) choice.checked = true
  })
}

function startCopy(field) {
  const button = field.querySelector('[data-copy-button]')
  const text = field.querySelector('[data-copy-from]')
  button.hidden = false
  button.addEventListener('click', async () => {
    const isCopied = await navigator.clipboard.writeText(text.value).then(
      () => true,
      () => false,
    )
    if (!isCopied) text.select()
    say(field.querySelector('[data-copied]'), isCopied ? 'Copied.' : 'Select it and copy it by hand.')
  })
}

function startProgress(progress) {
  const counter = progress.querySelector('[data-since]')
  if (counter) {
    const now = clockOf(counter)
    const since = new Date(counter.dataset.since)
    setInterval(() => say(counter, String(Math.max(0, Math.floor((now() - since) / 1000)))), 1_000)
  }
  let { mark } = progress.dataset

  async function ask() {
    const answer = await fetch(stateOf(progress.dataset.query), sameOrigin)
    if (answer.status === 401) return location.reload()
    if (!answer.ok) return again(5_000)
    const state = await answer.json()
    // Each step has its own page. The page of the last step redirects to the page first asked for.
    if (state.step.split(' ')[0] !== mark.split(' ')[0] && !isUnderWay(state.step))
      return location.replace(location.href)
    if (state.mark !== mark) await change(state.mark)
    again(state.againInMs)
  }
  const isUnderWay = step => step === 'asking' || step === 'accepted'
  const again = ms => setTimeout(() => ask().catch(() => again(5_000)), ms)

  async function change(next) {
    const text = await (await fetch(location.href, { credentials: 'same-origin', cache: 'no-store' })).text()
    const part = new DOMParser().parseFromString(text, 'text/html').querySelector('[data-part]')
    if (!part) return location.replace(location.href)
    mark = next
    progress.querySelector('[data-part]').replaceChildren(...part.childNodes)
    const news = progress.querySelector('[data-part] .doing, [data-part] strong')
    const strong = progress.querySelector('[data-part] strong')
    say(progress.querySelector('[data-politely]'), (strong ?? news).textContent)
  }

  again(Number(progress.dataset.again))
}
