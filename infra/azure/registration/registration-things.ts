import type { Thing } from '../model/thing.ts'
import type { Given } from '../run/given.ts'
import { assignedGroupsThing } from './assigned-groups-thing.ts'
import { certificateThing } from './certificate-thing.ts'
import { applicationConsentThing, delegatedConsentThing } from './consent-things.ts'
import { enterpriseApplicationThing } from './enterprise-application-thing.ts'
import { federatedThing } from './federated-thing.ts'
import { createGraphItself } from './graph-itself.ts'
import { ownersThing } from './owners-thing.ts'
import { registrationThing } from './registration-thing.ts'
import { secretThing } from './secret-thing.ts'

/**
 * The application's side of the tenant: the registration, how it stands in the tenant, who is assigned to it, what it may
 * ask Graph, and last of all its credential. The groups come before.
 */
export function registrationThings(given: Given): Thing[] {
  const readItself = createGraphItself(given.graph)
  return [
    registrationThing(given, readItself),
    ...(given.wish.owners.length > 0 ? [ownersThing(given)] : []),
    enterpriseApplicationThing(given),
    assignedGroupsThing(given),
    delegatedConsentThing(given, readItself),
    applicationConsentThing(given, readItself),
    credentialThing(given),
  ]
}

function credentialThing(given: Given): Thing {
  const { credential } = given.wish
  switch (credential.kind) {
    case 'secret':
      return secretThing(given, credential.months)
    case 'certificate':
      return certificateThing(given, credential.file)
    case 'federated':
      return federatedThing(given, credential)
  }
}
