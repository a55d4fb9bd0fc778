import type { ColumnDefinitionBuilder } from 'kysely';
import type { Migration } from 'kysely/migration';

/** What people keep on pages: decisions, notes, segments, policies, evidence, alerts. */
export const pagesMigrations: Record<string, Migration> = {
	'0100_failure_triage': {
		async up(db) {
			const text = (column: ColumnDefinitionBuilder) => column.notNull().defaultTo('');
			await db.schema
				.createTable('failure_triage')
				.addColumn('project_id', 'text', (column) =>
					column.notNull().references('project.id').onDelete('cascade')
				)
				.addColumn('revision', 'integer', (column) => column.notNull())
				.addColumn('group_id', 'text', (column) => column.notNull())
				.addColumn('decision', 'text', (column) => column.notNull())
				.addColumn('after_release', 'text', text)
				.addColumn('owner', 'text', text)
				.addColumn('note', 'text', text)
				.addColumn('author', 'text', text)
				.addColumn('created_unix_ms', 'bigint', (column) => column.notNull())
				.addPrimaryKeyConstraint('failure_triage_pk', ['project_id', 'revision'])
				.execute();
		}
	},
	'0110_annotations': {
		async up(db) {
			await db.schema
				.createTable('annotation')
				.addColumn('id', 'text', (column) => column.primaryKey())
				.addColumn('project_id', 'text', (column) =>
					column.notNull().references('project.id').onDelete('cascade')
				)
				.addColumn('day', 'text', (column) => column.notNull())
				.addColumn('kind', 'text', (column) => column.notNull())
				.addColumn('text', 'text', (column) => column.notNull())
				.addColumn('author', 'text', (column) => column.notNull())
				.addColumn('source', 'text', (column) => column.notNull())
				.addColumn('created_unix_ms', 'bigint', (column) => column.notNull())
				.addColumn('changed_unix_ms', 'bigint')
				.execute();
			await db.schema
				.createIndex('annotation_by_day')
				.on('annotation')
				.columns(['project_id', 'day'])
				.execute();
		}
	},
	'0111_segments': {
		async up(db) {
			await db.schema
				.createTable('segment')
				.addColumn('id', 'text', (column) => column.primaryKey())
				.addColumn('project_id', 'text', (column) =>
					column.notNull().references('project.id').onDelete('cascade')
				)
				.addColumn('name', 'text', (column) => column.notNull())
				.addColumn('query', 'text', (column) => column.notNull())
				.addColumn('created_unix_ms', 'bigint', (column) => column.notNull())
				.addUniqueConstraint('segment_name', ['project_id', 'name'])
				.execute();
		}
	},
	'0150_alerts': {
		async up(db) {
			const text = (column: ColumnDefinitionBuilder) => column.notNull();
			const ofProject = (column: ColumnDefinitionBuilder) =>
				column.notNull().references('project.id').onDelete('cascade');
			await db.schema
				.createTable('alert_rule')
				.addColumn('id', 'text', (column) => column.primaryKey())
				.addColumn('project_id', 'text', ofProject)
				.addColumn('name', 'text', text)
				.addColumn('rule', 'text', text)
				.addColumn('channels', 'text', text)
				.addColumn('author', 'text', text)
				.addColumn('changed_unix_ms', 'bigint', (column) => column.notNull())
				.addColumn('silenced_until_unix_ms', 'bigint')
				.addColumn('silenced_by', 'text', (column) => column.notNull().defaultTo(''))
				.addColumn('evaluated_unix_ms', 'bigint')
				.addColumn('last_error', 'text', text)
				.execute();
			await db.schema
				.createTable('alert_channel')
				.addColumn('id', 'text', (column) => column.primaryKey())
				.addColumn('project_id', 'text', ofProject)
				.addColumn('name', 'text', text)
				.addColumn('kind', 'text', text)
				.addColumn('target', 'text', text)
				.addColumn('secret', 'text', text)
				.addColumn('created_unix_ms', 'bigint', (column) => column.notNull())
				.execute();
			await db.schema
				.createTable('alert_firing')
				.addColumn('id', 'text', (column) => column.primaryKey())
				.addColumn('project_id', 'text', ofProject)
				.addColumn('rule_id', 'text', text)
				.addColumn('rule_name', 'text', text)
				.addColumn('subject', 'text', text)
				.addColumn('bucket', 'text', text)
				.addColumn('last_bucket', 'text', text)
				.addColumn('title', 'text', text)
				.addColumn('text', 'text', text)
				.addColumn('path', 'text', text)
				.addColumn('fired_unix_ms', 'bigint', (column) => column.notNull())
				.addColumn('resolved_unix_ms', 'bigint')
				.addUniqueConstraint('alert_firing_once', ['rule_id', 'subject', 'bucket'])
				.execute();
			await db.schema
				.createTable('alert_delivery')
				.addColumn('id', 'text', (column) => column.primaryKey())
				.addColumn('project_id', 'text', ofProject)
				.addColumn('firing_id', 'text', text)
				.addColumn('channel_id', 'text', text)
				.addColumn('event', 'text', text)
				.addColumn('attempts', 'integer', (column) => column.notNull())
				.addColumn('next_unix_ms', 'bigint')
				.addColumn('sent_unix_ms', 'bigint')
				.addColumn('last_error', 'text', text)
				.addUniqueConstraint('alert_delivery_once', ['firing_id', 'channel_id', 'event'])
				.execute();
			await db.schema
				.createTable('process_lease')
				.addColumn('name', 'text', (column) => column.primaryKey())
				.addColumn('holder', 'text', text)
				.addColumn('until_unix_ms', 'bigint', (column) => column.notNull())
				.execute();
		}
	},
	'0170_policy_versions': {
		async up(db) {
			await db.schema
				.createTable('policy_version')
				.addColumn('project_id', 'text', (column) =>
					column.notNull().references('project.id').onDelete('cascade')
				)
				.addColumn('revision', 'integer', (column) => column.notNull())
				.addColumn('document', 'text', (column) => column.notNull())
				.addColumn('note', 'text', (column) => column.notNull())
				.addColumn('author', 'text', (column) => column.notNull())
				.addColumn('created_unix_ms', 'bigint', (column) => column.notNull())
				.addPrimaryKeyConstraint('policy_version_pk', ['project_id', 'revision'])
				.execute();
		}
	},
	'0171_finding_triage': {
		async up(db) {
			const text = (column: ColumnDefinitionBuilder) => column.notNull().defaultTo('');
			await db.schema
				.createTable('finding_triage')
				.addColumn('project_id', 'text', (column) =>
					column.notNull().references('project.id').onDelete('cascade')
				)
				.addColumn('revision', 'integer', (column) => column.notNull())
				.addColumn('finding_id', 'text', (column) => column.notNull())
				.addColumn('decision', 'text', (column) => column.notNull())
				.addColumn('note', 'text', text)
				.addColumn('author', 'text', text)
				.addColumn('created_unix_ms', 'bigint', (column) => column.notNull())
				.addPrimaryKeyConstraint('finding_triage_pk', ['project_id', 'revision'])
				.execute();
		}
	},
	'0172_evidence': {
		async up(db) {
			await db.schema
				.createTable('evidence_key')
				.addColumn('id', 'integer', (column) => column.primaryKey())
				.addColumn('private_key', 'text', (column) => column.notNull())
				.addColumn('created_unix_ms', 'bigint', (column) => column.notNull())
				.execute();
			await db.schema
				.createTable('evidence_export')
				.addColumn('project_id', 'text', (column) =>
					column.notNull().references('project.id').onDelete('cascade')
				)
				.addColumn('as_of', 'text', (column) => column.notNull())
				.addColumn('sums', 'text', (column) => column.notNull())
				.addColumn('note', 'text', (column) => column.notNull())
				.addColumn('author', 'text', (column) => column.notNull())
				.addColumn('made_unix_ms', 'bigint', (column) => column.notNull())
				.addPrimaryKeyConstraint('evidence_export_pk', ['project_id', 'sums'])
				.execute();
		}
	},
	'0180_digests': {
		async up(db) {
			const text = (column: ColumnDefinitionBuilder) => column.notNull();
			await db.schema
				.createTable('person_digest')
				.addColumn('id', 'text', (column) => column.primaryKey())
				.addColumn('person_id', 'text', (column) =>
					column.notNull().references('person.id').onDelete('cascade')
				)
				.addColumn('project_id', 'text', (column) =>
					column.notNull().references('project.id').onDelete('cascade')
				)
				.addColumn('email', 'text', text)
				.addColumn('sent_on', 'text', text)
				.addColumn('tried_unix_ms', 'bigint', (column) => column.notNull())
				.addColumn('last_error', 'text', text)
				.addUniqueConstraint('person_digest_once', ['person_id', 'project_id'])
				.execute();
		}
	},
	'0190_trace_services': {
		async up(db) {
			await db.schema
				.createTable('project_trace_service')
				.addColumn('project_id', 'text', (column) =>
					column.notNull().references('project.id').onDelete('cascade')
				)
				.addColumn('service', 'text', (column) => column.notNull())
				.addPrimaryKeyConstraint('project_trace_service_pk', ['project_id', 'service'])
				.execute();
		}
	},
	'0191_span_export': {
		async up(db) {
			await db.schema
				.createTable('span_export')
				.addColumn('name', 'text', (column) => column.primaryKey())
				.addColumn('at_unix_ms', 'bigint', (column) => column.notNull())
				.addColumn('ceremony_id', 'text', (column) => column.notNull())
				.execute();
		}
	},
	'0200_evidence_schedule': {
		async up(db) {
			const text = (column: ColumnDefinitionBuilder) => column.notNull();
			await db.schema
				.createTable('evidence_schedule')
				.addColumn('project_id', 'text', (column) =>
					column.primaryKey().references('project.id').onDelete('cascade')
				)
				.addColumn('every', 'text', text)
				.addColumn('author', 'text', text)
				.addColumn('last_as_of', 'text', text)
				.addColumn('last_folder', 'text', text)
				.addColumn('last_error', 'text', text)
				.execute();
		}
	}
};
