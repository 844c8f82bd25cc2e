// video.js ships the part that plays MP4 without the HLS engine, but no types for it.
declare module 'video.js/core.es.js' {
  export { default } from 'video.js'
}
