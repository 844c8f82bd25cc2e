interface UnitFields {
  name?: string
  localName?: string | null
  kind?: string
  furtherKinds?: readonly string[]
  area?: string | null
  shouldBuild?: boolean
  hostBody?: string | null
  address?: string | null
  phone?: string | null
  summary?: string | null
  rooms?: number | null
  computers?: number | null
  standardMet?: boolean | null
  zoneStatus?: string | null
  zoneLevel?: string | null
  contactRole?: string | null
}

/** The form of a unit: its fields as text, its further kinds as a list. */
export function useUnitForm<Name extends string>(unit: UnitFields, own: Record<Name, string>, done: (answer: unknown) => unknown) {
  const yesNo = (value: boolean | null | undefined) => value === null || value === undefined ? '' : value ? 'yes' : 'no'
  const flash = useFlash()
  const form = useForm({
    name: unit.name ?? '', localName: unit.localName ?? '', kind: unit.kind ?? '', furtherKinds: '', area: unit.area ?? '', shouldBuild: yesNo(unit.shouldBuild ?? false),
    hostBody: unit.hostBody ?? '', address: unit.address ?? '', phone: unit.phone ?? '', summary: unit.summary ?? '', rooms: String(unit.rooms ?? ''),
    computers: String(unit.computers ?? ''), standardMet: yesNo(unit.standardMet), zoneStatus: unit.zoneStatus ?? '', zoneLevel: unit.zoneLevel ?? '', contactRole: unit.contactRole ?? '', ...own,
  } as Record<string, string>, done)
  const typed = Object.keys(flash.value?.typed ?? {})
  const further = ref(typed.includes('name') ? typed.filter(name => name.startsWith('further.')).map(name => name.slice('further.'.length)) : [...unit.furtherKinds ?? []])
  return { ...form, further }
}
