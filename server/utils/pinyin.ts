export { soundOf, tidySound } from '../people/pinyin'
