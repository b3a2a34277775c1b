import { callThrough } from '../../../src/life/proxy.ts'
import { UnseenFact } from '../../../src/setup/facts/fact.ts'
import { type SetupFinding, untold } from '../../../src/setup/finding.ts'
import { type Exit, exits } from '../exits.ts'
import type { Surroundings } from '../surroundings.ts'
import { CannotBegin, type DoctorAsked, doctorAsked, doctorUsage } from './asked.ts'
import { type GivenSettings, givenSettings } from './given-settings.ts'
import { operatorTokenFor } from './operator-token.ts'
import type { DoctorCheck, DoctorFacts } from './own-check.ts'
import { checksOfWhatAnswers, checksOfWhatIsGiven } from './own-checks.ts'
import { placeOfTenant } from './places.ts'
import { givenWish } from './reading.ts'
import { reportOf } from './report.ts'
import { seeAll } from './seeing.ts'

/** Runs `npm run doctor` with these arguments: prints a finding for each check, and says how it ended. */
export async function runDoctor(args: readonly string[], around: Surroundings): Promise<Exit> {
  try {
    const asked = doctorAsked(args)
    const { findings, isBlind } = await examine(asked, around)
    around.print(asked.isJson ? JSON.stringify(findings, null, 2) : reportOf(findings))
    if (isBlind) return exits.configuration
    return isGood(findings, asked) ? exits.fine : exits.failed
  } catch (thrown) {
    if (!(thrown instanceof CannotBegin)) throw thrown
    around.tell(thrown.lines.join('\n'))
    return thrown.code
  }
}

const isGood = (findings: readonly SetupFinding[], { isStrict }: DoctorAsked): boolean =>
  findings.every(({ verdict }) => verdict === 'right' || (verdict === 'cannot-tell' && !isStrict))

/** `isBlind`: the settings are at fault, and nothing else says which tenant is meant. */
async function examine(asked: DoctorAsked, around: Surroundings) {
  const given = await givenSettings(asked.envFile, around)
  const wish = await givenWish(asked.file, around)
  if (given.kind === 'none' && !wish)
    throw new CannotBegin(64, ['There is nothing to check by: neither settings nor tenant.json.', '', doctorUsage])
  proxied(given)
  const place = placeOfTenant(given, wish, asked.local)
  const operatorToken = operatorTokenFor(asked, { given, wish }, around)
  // A given token that is missing is a fault of the command line, which no finding can tell.
  if (asked.hasToken) await operatorToken?.()
  const facts = await seeAll({ given, wish, place, operatorToken }, around)
  const findings = [
    ...checksOfWhatIsGiven.map(check => findingOf(check, facts)),
    ...facts.findings,
    ...checksOfWhatAnswers.map(check => findingOf(check, facts)),
  ]
  return { findings, isBlind: place === undefined }
}

/** Calls go out as those of the application do. */
function proxied(given: GivenSettings): void {
  if (given.kind === 'good' && given.config.proxy) callThrough(given.config.proxy)
}

function findingOf({ name, why, judge }: DoctorCheck, facts: DoctorFacts): SetupFinding {
  try {
    return { check: name, why, ...judge(facts) }
  } catch (thrown) {
    if (!(thrown instanceof UnseenFact)) throw thrown
    return { check: name, why, ...untold(thrown.message, thrown.remedy) }
  }
}
