import type { Ref } from 'vue'

/** Takes over what was typed or chosen before the page came alive; otherwise coming alive would set it back. */
export function useTyped(id: string, value: Ref<string>): void {
  if (!import.meta.client || !useNuxtApp().isHydrating) return
  const control = document.getElementById(id)
  if (control instanceof HTMLInputElement || control instanceof HTMLSelectElement) value.value = control.value
}
