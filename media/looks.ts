/** The family look of the slides: one paper, one ink, an accent and a motif for each group of course categories. */

export const PAPER = '#fbf6ea'
export const INK = '#1d2925'
export const QUIET = '#4a4e45'

export interface Look { accent: string, tint: string, motif: string }

/** Motifs are drawn in a 200 × 200 box; currentColor is the accent. */
const MOTIFS = {
  // two roofs that lean on each other
  neighbours: '<path d="M14 112 74 58l60 54v62H14z" fill="currentColor" opacity=".28"/><path d="M70 104 130 50l60 54v70H70z" fill="currentColor" opacity=".9"/><rect x="116" y="124" width="30" height="50" rx="3" fill="#fbf6ea"/><circle cx="131" cy="94" r="10" fill="#fbf6ea"/><rect x="34" y="126" width="22" height="22" rx="3" fill="#fbf6ea"/>',
  leaf: '<path d="M100 182C38 160 26 92 60 30c62 16 88 84 40 152z" fill="currentColor" opacity=".9"/><path d="M102 182c-6-54 22-96 76-104 12 56-16 98-76 104z" fill="currentColor" opacity=".42"/><path d="M64 46c14 44 26 88 36 136M166 92c-30 22-52 52-64 90" fill="none" stroke="#fbf6ea" stroke-width="5" stroke-linecap="round"/>',
  shield: '<path d="M100 18 168 42v50c0 44-28 76-68 92-40-16-68-48-68-92V42z" fill="currentColor" opacity=".9"/><path d="M100 18v166c-40-16-68-48-68-92V42z" fill="#fbf6ea" opacity=".16"/><path d="m68 98 24 24 44-48" fill="none" stroke="#fbf6ea" stroke-width="13" stroke-linecap="round" stroke-linejoin="round"/>',
  scales: '<path d="M100 34v128M58 168h84" stroke="currentColor" stroke-width="11" stroke-linecap="round"/><path d="M36 58h128" stroke="currentColor" stroke-width="9" stroke-linecap="round"/><circle cx="100" cy="38" r="13" fill="currentColor"/><path d="M10 116h60a30 30 0 0 1-60 0zM130 116h60a30 30 0 0 1-60 0z" fill="currentColor" opacity=".9"/><path d="m40 60-26 56M40 60l26 56M160 60l-26 56M160 60l26 56" stroke="currentColor" stroke-width="4" opacity=".55"/>',
  field: '<circle cx="142" cy="58" r="26" fill="currentColor" opacity=".34"/><path d="M10 118c44-30 92-30 180 0v38a24 24 0 0 1-24 24H34a24 24 0 0 1-24-24z" fill="currentColor" opacity=".4"/><path d="M10 142c60-26 120-22 180 6v8a24 24 0 0 1-24 24H34a24 24 0 0 1-24-24z" fill="currentColor" opacity=".9"/><path d="M70 128V74" stroke="currentColor" stroke-width="8" stroke-linecap="round"/><path d="M70 92c-28 2-42-14-44-40 28 0 44 14 44 40zM70 78c0-24 14-38 40-40 0 26-14 40-40 40z" fill="currentColor"/>',
  lantern: '<path d="M100 14v22M100 150v18" stroke="currentColor" stroke-width="6" stroke-linecap="round"/><rect x="74" y="34" width="52" height="14" rx="5" fill="currentColor"/><rect x="74" y="138" width="52" height="14" rx="5" fill="currentColor"/><ellipse cx="100" cy="93" rx="66" ry="49" fill="currentColor" opacity=".88"/><path d="M100 44v98M76 46c-22 30-22 64 0 94M124 46c22 30 22 64 0 94" fill="none" stroke="#fbf6ea" stroke-width="4" opacity=".75"/><path d="M88 168h24l-4 22H92z" fill="currentColor" opacity=".5"/>',
  phone: '<rect x="52" y="18" width="84" height="164" rx="16" fill="currentColor" opacity=".9"/><rect x="62" y="38" width="64" height="112" rx="5" fill="#fbf6ea"/><circle cx="94" cy="166" r="7" fill="#fbf6ea"/><path d="M74 64h40M74 84h28M74 104h36" stroke="currentColor" stroke-width="7" stroke-linecap="round" opacity=".6"/><path d="M152 66c16 18 16 50 0 68M170 50c26 30 26 70 0 100" fill="none" stroke="currentColor" stroke-width="8" stroke-linecap="round" opacity=".45"/>',
  book: '<path d="M100 54C76 36 44 34 16 42v116c28-8 60-6 84 12 24-18 56-20 84-12V42c-28-8-60-6-84 12z" fill="currentColor" opacity=".9"/><path d="M100 54v116" stroke="#fbf6ea" stroke-width="5"/><path d="M36 72c16-2 32 0 46 8M36 98c16-2 32 0 46 8M164 72c-16-2-32 0-46 8M164 98c-16-2-32 0-46 8" fill="none" stroke="#fbf6ea" stroke-width="6" stroke-linecap="round" opacity=".85"/>',
}

const LOOKS = {
  civic: { accent: '#0f5c4d', tint: '#e3ebdd', motif: MOTIFS.neighbours },
  care: { accent: '#155a61', tint: '#e0ebe6', motif: MOTIFS.leaf },
  safety: { accent: '#8a3020', tint: '#f6e3d6', motif: MOTIFS.shield },
  law: { accent: '#374a7a', tint: '#e6e6e8', motif: MOTIFS.scales },
  land: { accent: '#44590f', tint: '#eaebcf', motif: MOTIFS.field },
  culture: { accent: '#852a44', tint: '#f4e0dd', motif: MOTIFS.lantern },
  digital: { accent: '#1c5078', tint: '#e1e8e8', motif: MOTIFS.phone },
  family: { accent: '#7a4609', tint: '#f6e6cb', motif: MOTIFS.book },
} satisfies Record<string, Look>

const GROUPS: Record<keyof typeof LOOKS, string> = {
  civic: '',
  care: 'health maternal_child health_poverty_policy psychology sports_fitness elderly special_needs',
  safety: 'anti_crime_safety emergency_safety food_drug_safety',
  law: 'law rights_protection mediation ideology_policy education_policy',
  land: 'ecology agri_tech modern_farmer farmer_leader poverty_relief',
  culture: 'culture_leisure traditional_culture morality_civility',
  digital: 'digital science vocational_skill reemployment employment_adaptation enterprise_staff economy_management professional_continuing industry_skill labour_transfer migrant veterans',
  family: 'women marriage_family domestic_service parenting infant children youth reading life_skills social_skills',
}

export function lookOf(category: string): Look {
  const group = (Object.keys(GROUPS) as (keyof typeof LOOKS)[]).find(name => GROUPS[name].split(' ').includes(category))
  return LOOKS[group ?? 'civic']
}
