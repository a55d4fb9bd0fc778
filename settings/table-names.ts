/** What a collector can know beside the events, as the configuration file calls it. */
export const TABLE_NAMES = ['aaguids', 'mds', 'country'] as const;
export type TableName = (typeof TABLE_NAMES)[number];

/** The variables of a collector's environment that name the same, and what belongs to it. */
export const TABLE_VARIABLES = {
	country: 'PASSLENS_COUNTRY_FILE',
	aaguids: 'PASSLENS_AAGUIDS',
	mds: 'PASSLENS_MDS',
	mds_root: 'PASSLENS_MDS_ROOT',
	allow_private: 'PASSLENS_TABLES_ALLOW_PRIVATE'
} as const;
