import { actOn, type Call, itemOf, listOf, replying } from '../call.ts'
import { changeApplication, createApplication, listApplications, showApplication } from './applications.ts'
import { changeFederated, createFederated, listFederated, removeFederated, showFederated } from './federated.ts'
import { changeGrant, createGrant, listGrants, removeGrant, showGrant } from './grants.ts'
import { applicationOwners, principalOwners } from './owners.ts'
import { addPassword, removePassword } from './passwords.ts'
import { changePrincipal, createPrincipal, listPrincipals, showPrincipal } from './principals.ts'
import { roleAssignmentCalls } from './role-assignments.ts'

const place = 'applications'
const apps = ['/applications/:id', "/applications\\(appId=':appId'\\)", "/applications\\(uniqueName=':uniqueName'\\)"]
const principals = ['/servicePrincipals/:id', "/servicePrincipals\\(appId=':appId'\\)"]
const grants = '/oauth2PermissionGrants'

/** The calls about apps, their credentials and owners, what is assigned to them, and consent. */
export const applicationCalls: readonly Call[] = [
  ['get', '/applications', place, listOf('application'), listApplications],
  ['post', '/applications', place, actOn('application'), createApplication],
  ...apps.flatMap((app): Call[] => [
    ['get', app, place, itemOf('application'), replying(showApplication)],
    ['patch', app, place, actOn('application'), changeApplication],
    ['post', `${app}/addPassword`, place, actOn('newPassword'), addPassword],
    ['post', `${app}/removePassword`, place, actOn('goneKey'), removePassword],
    ...ownerCalls(app, applicationOwners),
    ...federatedCalls(app),
  ]),
  ['get', '/servicePrincipals', place, listOf('servicePrincipal'), listPrincipals],
  ['post', '/servicePrincipals', place, actOn('servicePrincipal'), createPrincipal],
  ...principals.flatMap((app): Call[] => [
    ['get', app, place, itemOf('servicePrincipal'), replying(showPrincipal)],
    ['patch', app, place, actOn('servicePrincipal'), changePrincipal],
    ...ownerCalls(app, principalOwners),
    ...assignmentCalls(`${app}/appRoleAssignedTo`, roleAssignmentCalls.ofResource),
    ...assignmentCalls(`${app}/appRoleAssignments`, roleAssignmentCalls.ofApp),
  ]),
  ...assignmentCalls('/groups/:id/appRoleAssignments', roleAssignmentCalls.ofGroup),
  ...assignmentCalls('/users/:id/appRoleAssignments', roleAssignmentCalls.ofPerson),
  ['get', grants, place, listOf('grant'), listGrants],
  ['post', grants, place, actOn('grant'), createGrant],
  ['get', `${grants}/:id`, place, itemOf('grant'), replying(showGrant)],
  ['patch', `${grants}/:id`, place, actOn('grant'), changeGrant],
  ['delete', `${grants}/:id`, place, actOn('nothing'), removeGrant],
]

function ownerCalls(app: string, calls: typeof applicationOwners): Call[] {
  return [
    ['get', `${app}/owners`, place, listOf('directoryObject'), calls.list],
    ['post', `${app}/owners/$ref`, place, actOn('reference'), calls.add],
    ['delete', `${app}/owners/:owner/$ref`, place, actOn('nothing'), calls.remove],
  ]
}

function federatedCalls(app: string): Call[] {
  const all = `${app}/federatedIdentityCredentials`
  return [
    ['get', all, place, listOf('federatedCredential'), listFederated],
    ['post', all, place, actOn('federatedCredential'), createFederated],
    ...[`${all}/:credential`, `${all}\\(name=':credential'\\)`].flatMap((one): Call[] => [
      ['get', one, place, itemOf('federatedCredential'), replying(showFederated)],
      ['patch', one, place, actOn('federatedCredential'), changeFederated],
      ['delete', one, place, actOn('nothing'), removeFederated],
    ]),
  ]
}

function assignmentCalls(path: string, calls: typeof roleAssignmentCalls.ofApp): Call[] {
  return [
    ['get', path, place, listOf('appRoleAssignment'), calls.list],
    ['post', path, place, actOn('appRoleAssignment'), calls.create],
    ['delete', `${path}/:assignment`, place, actOn('nothing'), calls.remove],
  ]
}
