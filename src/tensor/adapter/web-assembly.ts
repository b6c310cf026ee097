/** @file The part of the WebAssembly API we use; TypeScript declares it only with the browser's. */

/** A compiled module: opaque, and can be posted to a worker. */
export interface WasmModule {
  readonly [Symbol.toStringTag]: string;
}

/** Memory that threads share. */
export interface WasmMemory {
  readonly buffer: SharedArrayBuffer;
}

interface WasmApi {
  compile(bytes: Uint8Array): Promise<WasmModule>;
  validate(bytes: Uint8Array): boolean;
  readonly Instance: new (
    module: WasmModule,
    imports: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  ) => { readonly exports: unknown };
  readonly Memory: new (pages: {
    readonly initial: number;
    readonly maximum: number;
    readonly shared: true;
  }) => WasmMemory;
  readonly Module: {
    new (bytes: Uint8Array): WasmModule;
    exports(module: WasmModule): readonly { readonly name: string }[];
    customSections(module: WasmModule, name: string): ArrayBuffer[];
  };
}

/** The runtime's WebAssembly. */
export const { WebAssembly: wasm } = globalThis as unknown as { readonly WebAssembly: WasmApi };
