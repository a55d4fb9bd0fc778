/** Made at the build by `tools/static-icons.ts`. */
declare module 'virtual:icon-shapes' {
	const definitions: string;
	export default definitions;
}
