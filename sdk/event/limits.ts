/**
 * Sizes, counts and lengths every sender keeps to and the collector enforces.
 * Lengths are in UTF-16 code units (what `String.length` counts), sizes in bytes after decompression.
 */
export const LIMITS = {
	/** One request body, decompressed. */
	batch_bytes: 512 * 1024,
	/** sendBeacon and fetch keepalive share a budget of 64 KiB a page: browsers' own limit, with room for headers. */
	beacon_bytes: 60 * 1024,
	events_per_batch: 500,
	tags: 20,
	tag_key_length: 40,
	tag_value_length: 120,
	name_length: 64,
	release_length: 80,
	origin_length: 255,
	rp_id_length: 253,
	error_name_length: 64,
	error_signature_length: 240,
	list_items: 16,
	list_item_length: 32,
	capabilities: 64,
	/** Longest time a ceremony can be measured over: 49 days, what 32 bits hold. An autofill request lives as long as its page. */
	elapsed_ms: 2 ** 32 - 1,
	/** allowCredentials and excludeCredentials are counted up to here: what 16 bits hold. */
	descriptor_count: 2 ** 16 - 1,
	/** Methods a flow can offer. */
	offered_methods: 16,
	/** Most that one event can say is missing. */
	omissions: 1_000_000
} as const;
