/** A subscription at Graph. Times are in ISO 8601. */
export type Subscription = {
  id: string
  changeType: string
  resource: string
  notificationUrl: string
  lifecycleNotificationUrl?: string | null | undefined
  clientState: string | null
  expirationDateTime: string
  /** When it was asked to authorize itself anew, until it has. */
  challengedAt?: Date | undefined
}

export const lifecycleEvents = ['reauthorizationRequired', 'subscriptionRemoved', 'missed'] as const
export type LifecycleEvent = (typeof lifecycleEvents)[number]
