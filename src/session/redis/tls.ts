import { Redis } from 'ioredis'

type Place = { host: string; port: number }
const limitMs = 1_000

/**
 * Whether TLS is spoken at a place that we take for plain (`isTls` false), or the other way round. In both cases both ends
 * hang up, and no error says why. Asked with a connection of its own, over which nothing of ours goes. Never throws.
 */
export async function speaksOtherwise(place: Place, isTls: boolean): Promise<boolean> {
  const client = new Redis({
    ...place,
    ...(!isTls && { tls: { rejectUnauthorized: false } }),
    protocol: 2,
    lazyConnect: true,
    retryStrategy: null,
    connectTimeout: limitMs,
    commandTimeout: limitMs,
    enableReadyCheck: false,
    disableClientInfo: true,
  })
  // Where neither is spoken, the error that led here says so.
  client.on('error', () => {})
  try {
    return await (isTls ? answersPlainly(client) : shakesHands(client))
  } finally {
    client.disconnect()
  }
}

/** Whether something answers in the clear: "PONG", or a refusal. */
const answersPlainly = (client: Redis): Promise<boolean> =>
  client.ping().then(
    () => true,
    error => error instanceof Error && error.name === 'ReplyError',
  )

const shakesHands = (client: Redis): Promise<boolean> =>
  new Promise(resolve => {
    client.once('connect', () => resolve(true)).once('end', () => resolve(false))
    client.connect().catch(() => {})
  })
