-- What residents read where the reporting word is an official's: the same categories and groups, said plainly.
-- Staff go on reading the words of the schemes.

alter table public.categories add column plain_zh text, add column plain_en text;
alter table public.population_groups add column plain_zh text, add column plain_en text;

update public.categories category set plain_zh = said.zh, plain_en = said.en
from (values
  ('ideology_policy', '听懂好政策', 'Policies made clear'),
  ('morality_civility', '家风与文明', 'Family values and civility'),
  ('law', '学法用法', 'Law for daily life'),
  ('rights_protection', '维护自己的权益', 'Knowing your rights'),
  ('mediation', '邻里纠纷调解', 'Settling disputes'),
  ('anti_crime_safety', '防诈骗、保平安', 'Safe from scams and crime'),
  ('emergency_safety', '急救、防火与安全', 'First aid, fire and safety'),
  ('food_drug_safety', '吃得安全、用药安全', 'Safe food and medicine'),
  ('health', '健康养生', 'Health'),
  ('maternal_child', '孕产与宝宝健康', 'Mother and baby health'),
  ('health_poverty_policy', '看病报销政策', 'Help with medical costs'),
  ('psychology', '心情与睡眠', 'Peace of mind'),
  ('vocational_skill', '学一门手艺', 'Learn a trade'),
  ('reemployment', '重新找工作', 'Back to work'),
  ('employment_adaptation', '找工作', 'Finding a job'),
  ('industry_skill', '本地特色产业', 'Local industries'),
  ('agri_tech', '种植养殖技术', 'Farming know-how'),
  ('modern_farmer', '新型农民', 'Modern farming'),
  ('labour_transfer', '外出务工', 'Working away from home'),
  ('migrant', '在外打工须知', 'For workers away from home'),
  ('parenting', '带孩子、教孩子', 'Raising children'),
  ('special_needs', '关爱特殊人群', 'Special needs'),
  ('culture_leisure', '唱歌跳舞、书画休闲', 'Music, dance and leisure'),
  ('sports_fitness', '健身锻炼', 'Sports and fitness'),
  ('traditional_culture', '家乡与传统文化', 'Home and tradition'),
  ('digital', '用好手机', 'Using your phone'),
  ('life_skills', '生活窍门', 'Everyday tips'),
  ('civic_governance', '村里的事大家管', 'Village affairs')
) said (id, zh, en) where said.id = category.id;

update public.population_groups population_group set plain_zh = said.zh, plain_en = said.en
from (values
  ('prime_age_rural', '农村中青年', 'Adults in the village'),
  ('rural_labour', '在家务农的人', 'Working on the land'),
  ('rural_outgoing', '外出打工的人', 'Working away from home'),
  ('migrant_registered', '进城务工的人', 'Newcomers who work here'),
  ('laid_off_registered', '正在找工作的人', 'Looking for work'),
  ('landless_or_surplus', '没有土地的农民', 'Farmers without land'),
  ('special_groups', '残疾人和困难家庭', 'Disabled people and families in need'),
  ('infants', '小宝宝', 'Babies and small children'),
  ('infant_parents', '小宝宝的爸妈', 'Parents of small children'),
  ('youth_parents', '青少年的爸妈', 'Parents of young people')
) said (id, zh, en) where said.id = population_group.id;

alter table public.categories add constraint categories_plain_in_both check ((plain_zh is null) = (plain_en is null));
alter table public.population_groups add constraint population_groups_plain_in_both check ((plain_zh is null) = (plain_en is null));

-- What a list of courses can be narrowed by, with how many there are of each. Visitors read it too.
create or replace function public.course_filters(course_kind text)
returns table (filter text, id text, zh text, en text, courses bigint)
language sql stable set search_path = ''
begin atomic
  with published as (
    select course.id, course.category_id, course.audience from public.courses course
    where course.status = 'published' and course.kind = course_kind
  ), filed as (
    select published.id as course_id, published.category_id from published
    union
    select also.course_id, also.category_id from public.course_categories also join published on published.id = also.course_id
  ), found as (
    select 'category' as filter, category.id, coalesce(category.plain_zh, category.zh) as zh, coalesce(category.plain_en, category.en) as en,
      count(*) as courses, category.position
    from filed join public.categories category on category.id = filed.category_id
    group by category.id
    union all
    select 'audience', population_group.id, coalesce(population_group.plain_zh, population_group.zh),
      coalesce(population_group.plain_en, population_group.en), count(*), population_group.position
    from published cross join lateral unnest(published.audience) member
    join public.population_groups population_group on population_group.id = member
    group by population_group.id
  )
  select found.filter, found.id, found.zh, found.en, found.courses from found order by found.filter, found.position;
end;
