/** A subscription at Graph. Times are in ISO 8601. */
export type Subscription = {
  id: string
  changeType: string
  resource: string
  notificationUrl: string
  lifecycleNotificationUrl?: string | null | undefined
  clientState: string | null
  expirationDateTime: string
  /** Since when Graph has been waiting for the subscriber to authorize the subscription anew. */
  challengedAt?: Date | undefined
}

export const lifecycleEvents = ['reauthorizationRequired', 'subscriptionRemoved', 'missed'] as const
export type LifecycleEvent = (typeof lifecycleEvents)[number]
