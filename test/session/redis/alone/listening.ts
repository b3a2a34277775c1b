import type { AddressInfo, Server } from 'node:net'

/** The port at which a server listens from now on, here and nowhere else. */
export async function listening(server: Server): Promise<number> {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}
