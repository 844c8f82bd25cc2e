-- Two posts that were missing (DOMAIN.md 3), with the least that their work needs. The leading-group office asks the departments and units how far they
-- are: it sees figures and reports, and approves neither, which stays with the education side's heads and managers. A surveyor draws a sample from how many
-- people live where: figures, and nobody's name. Whoever of them does more holds a second post that says so.
insert into public.post_roles (id, zh, en, sights) values
  ('leading_group_office', '领导小组办公室人员', 'Leading-group office', '{desk, figures}'),
  ('surveyor', '调查人员', 'Surveyor', '{desk, figures}');
