import type { H3Event } from 'h3'

/** The colour family a category belongs to (data-tone in main.css). */
const TONES: Record<string, string[]> = {
  safety: ['anti_crime_safety', 'emergency_safety', 'food_drug_safety'],
  health: ['health', 'maternal_child', 'health_poverty_policy', 'psychology', 'sports_fitness', 'elderly', 'special_needs'],
  law: ['law', 'rights_protection', 'mediation'],
  family: ['women', 'marriage_family', 'domestic_service', 'parenting', 'infant', 'children', 'youth'],
  skills: ['vocational_skill', 'reemployment', 'employment_adaptation', 'enterprise_staff', 'professional_continuing', 'industry_skill',
    'labour_transfer', 'migrant', 'veterans'],
  culture: ['culture_leisure', 'reading', 'traditional_culture', 'morality_civility', 'social_skills'],
  digital: ['digital', 'science', 'life_skills'],
  nature: ['ecology', 'agri_tech', 'modern_farmer', 'farmer_leader', 'poverty_relief'],
}
const TONE_OF = new Map(Object.entries(TONES).flatMap(([tone, ids]) => ids.map(id => [id, tone] as const)))

export interface Category { id: string, name: string, tone: string }

/** Names and colours of categories as residents read them, in their language. */
export async function categoriesFor(event: H3Event): Promise<(id: string) => Category> {
  const rows = await readCategories()
  const { lang } = preferencesOf(event)
  const names = new Map(rows.map(row => [row.id, lang === 'en' ? row.plain_en ?? row.en : row.plain_zh ?? row.zh]))
  return id => ({ id, name: names.get(id) ?? id, tone: TONE_OF.get(id) ?? 'civic' })
}

const readCategories = remembering(300, async () => {
  const { data, error } = await anonymousDatabase().from('categories').select('id, zh, en, plain_zh, plain_en')
  if (error) throw databaseRefusal(error)
  return data
})
