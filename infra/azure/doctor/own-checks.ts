import { baseUrlChecks } from './checks/base-url.ts'
import { entraChecks } from './checks/entra.ts'
import { featureChecks } from './checks/features.ts'
import { redisChecks } from './checks/redis.ts'
import { secretChecks } from './checks/secrets.ts'
import { settingsChecks } from './checks/settings.ts'
import { tenantFileChecks } from './checks/tenant-file.ts'
import type { DoctorCheck } from './own-check.ts'

/** What is checked before the tenant itself: what somebody wrote down. */
export const checksOfWhatIsGiven: readonly DoctorCheck[] = [
  ...settingsChecks,
  ...tenantFileChecks,
  ...featureChecks,
  ...secretChecks,
]
/** What is checked after it: what answers. */
export const checksOfWhatAnswers: readonly DoctorCheck[] = [...entraChecks, ...redisChecks, ...baseUrlChecks]
