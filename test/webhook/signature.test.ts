import { expect, test } from 'vitest'
import { Secret } from '../../src/config/secret.ts'
import { keyOfSecret, signedHeaders } from '../../src/webhook/signature.ts'

// The example that the libraries of Standard Webhooks are tested with.
const secret = new Secret('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw')
const message = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', at: 1_614_265_330_999, body: '{"test": 2432232314}' }
const signature = 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='

test('a message is signed as Standard Webhooks says, over its id, its time in whole seconds and its body', () => {
  expect(signedHeaders(message, [secret])).toEqual({
    'webhook-id': message.id,
    'webhook-timestamp': '1614265330',
    'webhook-signature': signature,
  })
})

test('the secret may come without its prefix', () => {
  expect(keyOfSecret(new Secret('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'))).toEqual(keyOfSecret(secret))
})

test('while a secret is changed both sign', () => {
  const other = new Secret(`whsec_${Buffer.alloc(32, 7).toString('base64')}`)
  const [first, second, ...more] = signedHeaders(message, [other, secret])['webhook-signature']?.split(' ') ?? []
  expect([second, more]).toEqual([signature, []])
  expect(first).toMatch(/^v1,[\w+/]{43}=$/)
  expect(first).not.toBe(signature)
})

test('what is said in other characters than ASCII is signed as UTF-8', () => {
  const [one, two] = ['é', 'e\u0301'].map(body => signedHeaders({ ...message, body }, [secret])['webhook-signature'])
  expect(one).not.toBe(two)
})
