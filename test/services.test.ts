import { setTimeout as after } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createLog } from '../src/observability.ts'
import { createServices } from '../src/services.ts'
import { openHouse } from './support/house.ts'

test('services run nothing by themselves before they are started', async () => {
  await using house = await openHouse()
  const logged: string[] = []
  const log = createLog({ level: 'debug', to: { write: line => void logged.push(line) } })
  const services = await createServices(house.config, { clock: house.clock.read, log })
  try {
    await after(500)
    expect(services.oidc.isLoaded()).toBe(false)
    services.start()
    await expect.poll(services.oidc.isLoaded).toBe(true)
    await expect.poll(() => logged.join()).toContain('entra-ready')
  } finally {
    services.close()
  }
})
