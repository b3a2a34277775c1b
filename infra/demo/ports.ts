import { type AddressInfo, createServer } from 'node:net'

/** A port of the loopback address that was free a moment ago: `wish` itself when no program uses it. */
export async function freePort(wish = 0): Promise<number> {
  return (await tried(wish)) ?? ((await tried(0)) as number)
}

const tried = (port: number) =>
  new Promise<number | undefined>(resolve => {
    const probe = createServer()
    probe.once('error', () => resolve(undefined))
    probe.listen(port, '127.0.0.1', () => {
      const taken = (probe.address() as AddressInfo).port
      probe.close(() => resolve(taken))
    })
  })
