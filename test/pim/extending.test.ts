import { expect, test } from 'vitest'
import type { Pim } from '../../src/entra/pim/pim.ts'
import { defaultRules } from '../../src/entra/pim/policy.ts'
import { createExtending } from '../../src/pim/extending.ts'
import { createSending } from '../../src/pim/wish/sending.ts'
import { openAtPim } from './at-pim.ts'
import { span, start, who } from './bens.ts'

const hour = 3_600_000
const form = { minutes: '60' }

function openExtending(answers: Partial<Pim> = {}) {
  const parts = openAtPim(answers)
  const { extend } = createExtending({ ...parts, send: createSending(parts) })
  return { ...parts, extend: () => extend(who, form, '/') }
}

test('an extension begins a second after the present period ends, not in the same instant', async () => {
  const { extend, asked } = openExtending()
  expect(await extend()).toEqual({ kind: 'extended', was: span.until, until: (span.until ?? 0) + 1_000 + hour })
  expect(asked).toEqual([{ startsAt: (span.until ?? 0) + 1_000 }])
})

test('an extension that was accepted, and no list shows yet, is not asked for again', async () => {
  const { extend, asked } = openExtending()
  await extend()
  expect(await extend()).toEqual({ kind: 'progress' })
  expect(asked).toHaveLength(1)
})

test('two tabs that extend at the same moment ask PIM once', async () => {
  const { extend, asked } = openExtending()
  const answers = await Promise.all([extend(), extend()])
  expect(answers.map(({ kind }) => kind).toSorted()).toEqual(['extended', 'progress'])
  expect(asked).toHaveLength(1)
})

test('a session that begins later knows of the extension', async () => {
  const { extend, planOfNewSession } = openExtending()
  await extend()
  const startsAt = (span.until ?? 0) + 1_000
  expect(await planOfNewSession()).toMatchObject({ askedAt: start, until: startsAt + hour, seamAt: startsAt })
})

test('the authentication context of the policy is proven before anything is sent', async () => {
  const { extend, asked } = openExtending({ rules: async () => ({ ...defaultRules, context: 'c1' }) })
  const answer = await extend()
  const claims = JSON.stringify({ access_token: { acrs: { essential: true, value: 'c1' } } })
  expect(answer).toMatchObject({ kind: 'step-up', claims, returnTo: '/' })
  expect(asked).toEqual([])
})
