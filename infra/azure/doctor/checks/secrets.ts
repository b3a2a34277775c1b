import { see } from '../../../../src/setup/facts/fact.ts'
import { right, wrong } from '../../../../src/setup/finding.ts'
import type { DoctorCheck } from '../own-check.ts'

/** Checks of the secrets that the application makes its own use of. */
export const secretChecks: readonly DoctorCheck[] = [
  {
    name: 'session-secret',
    why: 'The secret seals what sessions hold. Whoever guesses it can make sessions.',
    judge(facts) {
      const { secrets } = see(facts.config).session
      if (secrets.some(secret => isGuessable(secret.reveal())))
        return wrong(
          'SESSION_SECRET holds a text that was not made by chance, so it can be guessed.',
          'Make another with openssl rand -base64 48, and write the new one alone.',
        )
      if (secrets.length === 1) return right('There is one session secret, and it looks made by chance.')
      return right(
        `There are ${secrets.length} session secrets, as while one is being changed. Take the old ones out when their sessions are over.`,
      )
    },
  },
  {
    name: 'audit-signing-key',
    why: 'Without a signature the audit trail proves nothing to anybody outside.',
    judge(facts) {
      const { audit, gates } = see(facts.config)
      const readers = gates.map(({ name }) => name).filter(name => name === 'administrators' || name === 'auditors')
      if (audit.signingKeys.length > 1) return right('Two keys sign the audit trail, as while one is being changed.')
      if (audit.signingKeys.length === 1) return right('A key signs the audit trail.')
      if (readers.length === 0) return right('No key signs the audit trail, and nobody reads it here.')
      return wrong(
        `The settings have ${readers.join(' and ')}, and no key signs the audit trail that they read.`,
        'openssl genpkey -algorithm ed25519 -out audit-signing-key.pem, then set AUDIT_SIGNING_KEY_FILE to that file.',
      )
    },
  },
]

const fewestCharacters = 10
const words = /secret|password|example|gatehouse|changeme|change-me|0123456789|abcdefghij|qwerty/i

/** Whether a text has words or repeats itself, as no text of this length that was made by chance. */
const isGuessable = (text: string): boolean =>
  new Set(text).size < fewestCharacters || words.test(text) || /^(.{1,20})\1+$/.test(text)
