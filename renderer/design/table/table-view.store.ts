import { create } from 'zustand';
import { persist } from 'zustand/middleware';

interface TableViewState {
  /** By table, then by column: shown or not, where it differs from the column's own default. */
  columns: Record<string, Record<string, boolean>>;
  setColumn: (tableId: string, columnId: string, isShown: boolean) => void;
  resetColumns: (tableId: string) => void;
}

/** Columns people chose, kept on this computer. */
export const useTableViewStore = create<TableViewState>()(
  persist(
    (set) => ({
      columns: {},
      setColumn: (tableId, columnId, isShown) =>
        set((state) => ({
          columns: { ...state.columns, [tableId]: { ...state.columns[tableId], [columnId]: isShown } },
        })),
      resetColumns: (tableId) => set((state) => ({ columns: { ...state.columns, [tableId]: {} } })),
    }),
    { name: 'cumulet.tables' },
  ),
);
