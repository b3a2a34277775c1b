import type { Farewell } from '../../session/lives/farewells.ts'
import { instantOf } from '../shell/instant.ts'
import type { OneTimeNotice } from '../shell/one-time-notice.ts'

/** What a person is told who has signed in again after an administrator ended their session. */
export const farewellNotice = ({ by, reason, at }: Farewell, now: Date): OneTimeNotice => ({
  text: `${by} ended your session at ${instantOf(new Date(at), now).absolute}:`,
  more: reason,
  tone: 'attention',
})
