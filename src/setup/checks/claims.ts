import type { SetupCheck } from '../check.ts'
import { see } from '../facts/fact.ts'
import type { SetupFacts } from '../facts/facts.ts'
import type { GroupOfGate } from '../facts/gate.ts'
import type { Registration } from '../facts/registration.ts'
import { right, wrong } from '../finding.ts'
import { judgeEach, listed, type SetupFault } from '../judging.ts'

/** A token lists so many groups at most. Source: https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference */
const mostInToken = 200

const modesOf = ({ groupMembershipClaims }: Registration) =>
  (groupMembershipClaims ?? 'None').split(',').map(mode => mode.trim().toLowerCase())

/** Checks of what tokens say. */
export const claimChecks: readonly SetupCheck[] = [
  {
    name: 'group-claims',
    why: 'Gates of groups open by the groups in the token. Without them nobody passes, or Graph is asked about everybody.',
    judge({ application }, { gates }) {
      const modes = modesOf(see(application))
      if (!gates.some(({ role }) => role === undefined)) return right('No gate needs groups in the token.')
      const spelling = oddGroupsIn(see(application))
      if (spelling)
        return wrong(
          `Tokens do not list groups by their ids: ${listed(spelling)}.`,
          'Remove these properties from the optional claim "groups" of the ID token.',
        )
      if (modes.some(mode => ['applicationgroup', 'securitygroup', 'all'].includes(mode)))
        return right(`Tokens list groups: ${modes.join(', ')}.`)
      return wrong(
        `Tokens list no groups: groupMembershipClaims is ${listed(modes)}.`,
        'Set "groupMembershipClaims": "ApplicationGroup" in the manifest of the app registration.',
      )
    },
  },
  {
    name: 'claims-overage',
    why: 'A token that would list more than 200 groups lists none. Then Graph is asked at each sign-in, or the person waits outside.',
    judge({ application, assigned, groupsOfPeople, gates: inGates }, { gates }) {
      const modes = modesOf(see(application))
      if (!gates.some(({ role }) => role === undefined)) return right('No gate needs groups in the token.')
      if (modes.some(mode => ['securitygroup', 'all'].includes(mode)))
        return judgeEach(
          [...inGates.map(peopleSeen), ...groupsOfPeople.map(groupsSeen)],
          faultIn => faultIn(),
          'Nobody who was looked at is in more groups than a token lists.',
        )
      const groups = new Set(
        see(assigned).flatMap(({ principalType, principalId }) => (principalType === 'Group' ? [principalId] : [])),
      )
      if (groups.size <= mostInToken) return right('Fewer groups are assigned than a token lists.')
      return wrong(
        `${groups.size} groups are assigned to the application, and a token lists 200 at most.`,
        'Assign only the groups of the gates and one group for signing in.',
      )
    },
  },
  {
    name: 'optional-claims',
    why: 'By them a sign-out at Microsoft finds its session, a step-up names the account, and a fresh sign-in is told from an old one.',
    judge({ application }) {
      const present = see(application).optionalClaims?.idToken.map(({ name }) => name) ?? []
      const missing = ['sid', 'login_hint', 'auth_time'].filter(name => !present.includes(name))
      if (missing.length === 0) return right('The ID token has sid, login_hint and auth_time.')
      return wrong(
        `The ID token lacks ${missing.join(', ')}.`,
        'Add them under Token configuration as optional claims of the ID token.',
      )
    },
  },
  {
    name: 'app-role-exists',
    why: 'A gate with a role opens to holders of that app role. Where the role does not exist or is off, nobody holds it.',
    judge({ application }, { gates }) {
      const { appRoles } = see(application)
      return judgeEach(
        gates.filter(({ role }) => role !== undefined),
        ({ role = '', title }) => {
          const found = appRoles.find(({ value }) => value === role)
          if (found?.isEnabled && found.allowedMemberTypes.includes('User')) return undefined
          const state = found ? 'is off, or not for users and groups' : 'does not exist'
          return {
            what: `The app role ${role} of the gate ${listed([title])} ${state}.`,
            fix: `Make the app role with the value ${role} for users and groups, and enable it.`,
          }
        },
        'Every app role that a gate names exists.',
      )
    },
  },
]

/** The properties of the groups claim that put names into the token in place of ids, or groups in place of app roles. */
function oddGroupsIn({ optionalClaims }: Registration): readonly string[] | undefined {
  const groups = optionalClaims?.idToken.find(({ name }) => name === 'groups')
  const odd = groups?.additionalProperties.filter(each =>
    /^(emit_as_roles|cloud_displayname|\w*sam_account_name)$/.test(each),
  )
  return odd?.length ? odd : undefined
}

type Looked = SetupFacts['groupsOfPeople'][number]

/** Without the people of a gate nothing is known of their groups. */
const peopleSeen =
  ({ active, eligible }: GroupOfGate) =>
  (): undefined => {
    see(active)
    see(eligible)
  }

const groupsSeen =
  ({ id, groups }: Looked) =>
  (): SetupFault | undefined => {
    const many = see(groups).length
    if (many <= mostInToken) return undefined
    return {
      what: `${id} is in ${many} groups, and a token lists 200 at most.`,
      fix: 'Set "groupMembershipClaims": "ApplicationGroup": then tokens list only groups that are assigned to the application.',
    }
  }
