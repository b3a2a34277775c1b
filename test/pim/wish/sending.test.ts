import { expect, test } from 'vitest'
import { createSending } from '../../../src/pim/wish/sending.ts'
import { openAtPim, who } from '../at-pim.ts'

const wish = { kind: 'turn-on', wish: { reason: 'Refund 8841', minutes: 60 }, returnTo: '/' } as const

test('a wish is sent once, however many requests send it', async () => {
  const parts = openAtPim()
  const send = createSending(parts)
  const { id = '' } = (await parts.activations.begin(who, wish)) ?? {}
  await Promise.all([send(who, id), send(who, id)])
  await send(who, id)
  expect(parts.asked).toHaveLength(1)
})

test('a wish that waited for the person longer than ten minutes is not sent', async () => {
  const parts = openAtPim()
  const { id = '' } = (await parts.activations.begin(who, wish)) ?? {}
  parts.pass(10 * 60_000)
  await createSending(parts)(who, id)
  expect(parts.asked).toEqual([])
})
