import { describe, expect, test } from 'vitest'
import type { PimRequest } from '../../../src/entra/pim/requests.ts'
import { pendingIn, requestedWish, waitingWish } from '../../../src/pim/wish/waiting.ts'
import { firstRequest, start } from '../bens.ts'
import { hour, reason, wishIn } from './each-state.ts'

const day = 24 * hour

describe('a wish that was sent here', () => {
  const wish = wishIn('waiting', 'turn-on', hour)
  test('waits for a day, from when it was sent', () => {
    const sent = { ...wish, keptAt: 0, askedAt: hour }
    expect(waitingWish(sent)).toStrictEqual({ since: hour, lapsesAt: hour + day, reason, minutes: 60 })
  })
  test('waits from when it was kept, where nobody wrote down when it was sent', () => {
    const { askedAt: _none, ...kept } = wish
    expect(waitingWish({ ...kept, keptAt: 5 })).toMatchObject({ since: 5, lapsesAt: 5 + day })
  })
  test('waits with its ticket, and with the time at which an extension begins', () => {
    const extension = { ...wish, wish: { ...wish.wish, ticket: 'INC-1' }, startsAt: 7 }
    expect(waitingWish(extension)).toMatchObject({ ticket: 'INC-1', startsAt: 7 })
  })
})

describe('a request at PIM', () => {
  const pending: PimRequest = { ...firstRequest, status: 'pendingapproval', createdAt: start }
  test('waits as it was asked for, and says nothing else of PIM', () => {
    const asked = { reason: firstRequest.reason, ticket: 'INC-1', minutes: 60, startsAt: start + 5 }
    expect(requestedWish({ ...pending, ...asked })).toStrictEqual({ since: start, lapsesAt: start + day, ...asked })
  })
  test('waits without what PIM does not show', () => {
    const { reason: _reason, minutes: _minutes, ...wordless } = pending
    expect(requestedWish(wordless)).toStrictEqual({ since: start, lapsesAt: start + day, reason: '' })
  })
  test('is the one that waits for approval of a person to turn on', () => {
    const ending = { ...pending, action: 'selfdeactivate' }
    expect(pendingIn([firstRequest, ending, pending])).toBe(pending)
    expect(pendingIn([firstRequest, ending])).toBeUndefined()
  })
})
