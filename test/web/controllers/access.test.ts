import { describe, expect, test } from 'vitest'
import type { Gates } from '../../../src/gate/gates.ts'
import type { ExtendAnswer, Progress } from '../../../src/pim/answers.ts'
import { pimRefusal } from '../../../src/pim/refusals/words.ts'
import cancel from '../../../src/web/controllers/access/cancel.ts'
import end from '../../../src/web/controllers/access/end.ts'
import endPage from '../../../src/web/controllers/access/end-page.ts'
import extend from '../../../src/web/controllers/access/extend.ts'
import mine from '../../../src/web/controllers/access/mine.ts'
import turnOn from '../../../src/web/controllers/access/turn-on.ts'
import turningOn from '../../../src/web/controllers/access/turning-on.ts'
import state from '../../../src/web/controllers/access/turning-on-state.ts'
import decide from '../../../src/web/controllers/approvals/decide.ts'
import one from '../../../src/web/controllers/approvals/one.ts'
import type { Visit } from '../../../src/web/page.ts'
import {
  form,
  type HandMade,
  minute,
  mine as nobody,
  nothing,
  now,
  offering,
  waitingOne,
} from '../../support/hand-made.ts'
import { oneGate } from '../../support/one-gate.ts'

/** A visit as a controller gets it; only a gate makes real ones. */
const visit = (of: Partial<Visit> & { rotate?: () => Promise<void> } = {}) =>
  ({
    person: { name: 'Ana', username: 'ana@contoso.example' },
    who: { identity: {}, sessionId: 's' },
    session: {
      gate: 'members',
      record: { gates: {} },
      rotate: of.rotate ?? (async () => {}),
      access: async () => ({ state: 'off' }),
    },
    params: {},
    query: {},
    form: {},
    reference: '7F3A',
    ...of,
  }) as unknown as Visit

function needs(said: Partial<HandMade> = {}) {
  const access = { ...nothing(), ...said }
  const config = {
    baseUrl: 'https://admin.example.com',
    environment: { name: undefined, colour: undefined },
    gates: [{ name: 'members', title: 'Payments', selfService: true }] as const,
    membership: { recheckMs: 60_000, graceMs: 0, roster: false, rosterMs: 15_000 },
  }
  const gates = oneGate({ standingOf: async () => undefined, known: () => 'unknown' }) as unknown as Gates
  const selfService = [{ gate: 'members', title: 'Payments', isByRole: false, access, approvals: access }]
  return { clock: () => new Date(now), config, gates, selfService, log: {} as never }
}

describe('the form for access', () => {
  test('goes to Entra with exactly what Microsoft asked for', async () => {
    const asked = { activation: 'a', claims: '{"access_token":{}}', returnTo: '/x' }
    const reply = await turnOn(needs({ turnOn: async () => ({ kind: 'step-up', ...asked }) }))(visit())
    expect(reply).toMatchObject({ toEntra: asked })
  })
  test('leads to the progress page', async () => {
    expect(await turnOn(needs())(visit())).toEqual({ redirect: '/access/turning-on?returnTo=%2F' })
  })
  test.each(['on', 'turning-on'] as const)('leads there too when access is %s already', async kind => {
    const said = { turnOn: async () => ({ kind: 'form', offer: { kind } }) as const }
    expect(await turnOn(needs(said))(visit())).toEqual({ redirect: '/access/turning-on?returnTo=%2F' })
  })
  test('comes back with what was typed', async () => {
    const typed = { reason: 'x', ticket: '', minutes: '60' }
    const offer = { kind: 'form', form: { ...form, typed, errors: { reason: 'Say more.' } } } as const
    const reply = await turnOn(needs({ turnOn: async () => ({ kind: 'form', offer }) }))(visit())
    expect(reply).toMatchObject({ view: 'turn-on', status: 422, model: { offer: { form: { reason: 'x' } } } })
  })
  test.each(['https://evil.example/', '//evil.example', '/auth/sign-out'])('never leads to %s', async returnTo => {
    let led = ''
    const said: Partial<HandMade> = {
      turnOn: async (_who, _form, to) => {
        led = to
        return { kind: 'progress' }
      },
    }
    await turnOn(needs(said))(visit({ form: { returnTo } }))
    expect(led).toBe('/')
  })
})

describe('the progress page', () => {
  test('leads in under a new session id, to the page last asked for', async () => {
    let rotations = 0
    const rotate = async () => void rotations++
    const said = { progress: async () => ({ step: 'in', returnTo: '/first' }) as const }
    expect(await turningOn(needs(said))(visit({ rotate }))).toEqual({ redirect: '/first' })
    expect(await turningOn(needs(said))(visit({ rotate, query: { returnTo: '/last' } }))).toEqual({ redirect: '/last' })
    expect(rotations).toBe(2)
  })
  test('never shows Microsoft’s own ids', async () => {
    const reference = '6aac3f20-0000-4000-8000-000000000000'
    const common = { minutes: 60, returnTo: '/', reference }
    const said = { progress: async () => ({ step: 'accepted', since: now - 200_000, ...common }) as const }
    expect(JSON.stringify(await turningOn(needs(said))(visit()))).not.toContain(reference)
  })
  test.each(['denied', 'lapsed', 'cancelled'] as const)('has the form again when it was %s', async step => {
    const said = { progress: async () => ({ step, returnTo: '/' }) as Progress, ...offering({ kind: 'form', form }) }
    const reply = await turningOn(needs(said))(visit())
    expect(reply).toMatchObject({ model: { offer: { form: { button: 'Ask again', reason: form.last?.reason } } } })
    expect(reply).toHaveProperty('refreshSeconds', undefined)
  })

  const paces: [seconds: number, mark: string, againInMs: number][] = [
    [0, 'accepted usual', 1_000],
    [9, 'accepted usual', 1_000],
    [10, 'accepted usual', 2_000],
    [30, 'accepted longer', 2_000],
    [119, 'accepted longer', 2_000],
    [120, 'accepted long', 5_000],
  ]
  test.each(paces)('after %i s stands at "%s" and asks again in %i ms', async (seconds, mark, againInMs) => {
    const common = { minutes: 60, returnTo: '/' }
    const said = { progress: async () => ({ step: 'accepted', since: now - seconds * 1000, ...common }) as const }
    expect(await state(needs(said))(visit())).toEqual({ json: { step: 'accepted', mark, seconds, againInMs } })
  })
  test('asks often enough to let people in within five seconds of an approval', async () => {
    const wish = { since: now - 60 * minute, lapsesAt: now, reason: '' }
    const said = { progress: async () => ({ step: 'waiting', approvers: [], returnTo: '/', ...wish }) as const }
    expect(await state(needs(said))(visit())).toMatchObject({ json: { againInMs: 2_500 } })
  })
})

test('what waits is cancelled, and the progress page says so', async () => {
  let count = 0
  const said = { cancel: async () => void count++ }
  expect(await cancel(needs(said))(visit())).toEqual({ redirect: '/access/turning-on' })
  expect(count).toBe(1)
})

describe('ending', () => {
  const on = { from: now - minute, until: now + minute, always: false }
  test('says from when Microsoft allows it', async () => {
    const said = { mine: async () => ({ ...nobody, on: { ...on, canEndAt: now + 4 * minute } }) }
    expect(await endPage(needs(said))(visit())).toMatchObject({ model: { canEndAt: { absolute: '12:17 UTC' } } })
  })
  test('has nothing to ask when nothing is on', async () => {
    expect(await endPage(needs())(visit())).toEqual({ redirect: '/access' })
  })
  test('leads to My access', async () => {
    expect(await end(needs())(visit())).toEqual({ redirect: '/access' })
  })
  test('says why not', async () => {
    const problem = pimRefusal('too-soon-to-end')
    const reply = await end(needs({ end: async () => ({ ended: false, problem, canEndAt: now + minute }) }))(visit())
    expect(reply).toMatchObject({
      status: 422,
      model: { problem: problem.sentence, canEndAt: { absolute: '12:14 UTC' } },
    })
  })
})

describe('extending', () => {
  const problem = pimRefusal('already-on')
  const outcomes: [outcome: ExtendAnswer, reply: object][] = [
    [{ kind: 'extended', until: now + minute }, { redirect: '/x' }],
    [{ kind: 'progress' }, { redirect: expect.stringMatching(/^.access.turning-on/) }],
    [
      { kind: 'end-and-again', problem, canEndAt: now + minute },
      { view: 'not-extended', model: { problem: '', canEndAt: { absolute: '12:14 UTC' } } },
    ],
    [
      { kind: 'end-and-again', problem, canEndAt: now - minute },
      { view: 'not-extended', model: { canEndAt: undefined } },
    ],
    [
      { kind: 'refused', problem },
      { view: 'not-extended', model: { problem: problem.sentence } },
    ],
    [
      { kind: 'form', offer: { kind: 'form', form } },
      { view: 'turn-on', model: { offer: { form: { action: '/access/extend' } } } },
    ],
    [
      { kind: 'form', offer: { kind: 'on' } },
      { view: 'not-extended', status: 422 },
    ],
  ]
  test.each(outcomes)('%j', async (outcome, reply) => {
    const said = { extend: async () => outcome }
    expect(await extend(needs(said))(visit({ form: { returnTo: '/x' } }))).toMatchObject(reply)
  })
  test('tells a script until when, so that nothing typed is lost', async () => {
    const said = { extend: async () => ({ kind: 'extended', until: now + minute }) as const }
    expect(await extend(needs(said))(visit({ form: { as: 'script' } }))).toEqual({
      json: { extended: true, until: '2026-03-02T12:14:00.000Z', absolute: '12:14 UTC' },
    })
  })
})

test('an earlier use is proposed once more', async () => {
  const recent = [{ from: now - 60 * minute, how: 'ran-out', reason: 'Rota change', minutes: 30 } as const]
  const said = { mine: async () => ({ recent, eligible: true, canTurnOn: form }) }
  const reply = await mine(needs(said))(visit({ query: { again: '0' } }))
  expect(reply).toMatchObject({ model: { gates: [{ form: { reason: 'Rota change' } }] } })
})

describe('an approval', () => {
  const params = { id: '7' }
  test('is not there for whoever may not see it', async () => {
    await expect(one(needs())(visit({ params }))).rejects.toMatchObject({ code: 'not-found' })
  })
  test.each([{}, { decision: 'maybe' }, { decision: ['approve', 'deny'] }])('%j decides nothing', async form => {
    const said: Partial<HandMade> = { decide: () => Promise.reject(new Error('decided')) }
    expect(await decide(needs(said))(visit({ params, form }))).toEqual({ redirect: '/approvals/7' })
  })
  test('comes back with its comment and what is wrong', async () => {
    const said: Partial<HandMade> = {
      one: async () => waitingOne,
      decide: async () => ({ kind: 'form', errors: { comment: 'Say why.' } }),
    }
    const reply = await decide(needs(said))(visit({ params, form: { decision: 'deny', comment: 'no' } }))
    expect(reply).toMatchObject({ status: 422, model: { error: 'Say why.', comment: 'no' } })
  })
})
