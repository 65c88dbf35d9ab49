-- Every rule that counts in a score, with all its score depends on: its definition (`rule_hash`), what a failing row
-- costs, the weight of its column and the rows of its table. Kept of every published run, so that two runs can be
-- compared by the rules they have in common.
select
    rules.rule_id,
    rules.rule_hash,
    rules.table_name,
    rules.column_name,
    rules.penalty,
    columns.weight,
    columns.rows,
    rules.ran
from quality.latest_results as rules
join quality.column_scores as columns
    on columns.table_name = rules.table_name
    and columns.column_name = rules.column_name
    and columns.dimension is null
where rules.weight_column
order by rules.rule_id
