type Decoder = (canvas: HTMLCanvasElement) => Promise<string | null>
interface Detector { detect: (image: CanvasImageSource) => Promise<{ rawValue: string }[]> }
interface DetectorClass { new (options: { formats: string[] }): Detector, getSupportedFormats: () => Promise<string[]> }

let loaded: Promise<Decoder> | undefined

/** What reads a QR code: the browser's own reader, or where it has none (many phones in China, iPhones) one of ours, fetched when it is first wanted. */
export function loadDecoder(): Promise<Decoder> {
  return loaded ??= load()
}

async function load(): Promise<Decoder> {
  const Own = (globalThis as { BarcodeDetector?: DetectorClass }).BarcodeDetector
  if (Own && (await Own.getSupportedFormats().catch((): string[] => [])).includes('qr_code')) {
    const detector = new Own({ formats: ['qr_code'] })
    return async canvas => (await detector.detect(canvas))[0]?.rawValue ?? null
  }
  const { default: decodeQR } = await import('qr/decode.js')
  return async (canvas) => {
    const { width, height } = canvas
    const { data } = canvas.getContext('2d', { willReadFrequently: true })!.getImageData(0, 0, width, height)
    try { return decodeQR({ width, height, data }) }
    catch { return null } // no code in this picture
  }
}
