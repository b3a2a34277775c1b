import { Redis } from 'ioredis'

type Place = { host: string; port: number }
const limitMs = 1_000

/**
 * Whether TLS is spoken at a place that we take for plain, or the other way round: both ends then hang up, and no error
 * says why. Asked with a connection of its own, over which nothing of ours goes.
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

/** "PONG", or a refusal: something in the clear. */
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
