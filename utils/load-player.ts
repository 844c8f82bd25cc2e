import type Player from 'video.js/dist/types/player'

/** Turns a video element into a player. Only here is video.js fetched: when a lesson with a video is open. */
export async function loadPlayer(element: HTMLVideoElement, lang: Preferences['lang']): Promise<Player> {
  const [{ default: videojs }, words] = await Promise.all([
    import('video.js/core.es.js'),
    lang === 'zh-CN' ? import('video.js/dist/lang/zh-CN.json') : null,
    import('~/assets/css/player.css'),
  ])
  if (words) videojs.addLanguage('zh-CN', words.default)
  return videojs(element, {
    language: lang,
    playbackRates: [0.75, 1, 1.25, 1.5, 2],
    userActions: { hotkeys: true },
    html5: { nativeTextTracks: false },
    controlBar: { pictureInPictureToggle: false, skipButtons: { backward: 10, forward: 10 } },
  })
}
