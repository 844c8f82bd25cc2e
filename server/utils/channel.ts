import type { H3Event } from 'h3'

/** Where a learner comes from: WeChat's browser, or any other. */
export function channelOf(event: H3Event): 'wechat_h5' | 'web' {
  return /MicroMessenger/.test(getHeader(event, 'user-agent') ?? '') ? 'wechat_h5' : 'web'
}
